/**
 * What went wrong, as a stable word to branch on.
 *
 * - `invalid_configuration`: an option is missing or contradicts another one.
 * - `invalid_token_response`: the server answered, but not with tokens we can use.
 * - `no_session`: nobody is signed in.
 * - `no_refresh_token`: somebody is signed in, but there is nothing to refresh with.
 * - `refresh_refused`: the server said no; the session has ended.
 * - `refresh_postponed`: the server could not be asked or could not answer; the session is kept and tried again.
 * - `refresh_discarded`: the answer came too late: meanwhile the session was ended, replaced or refreshed elsewhere.
 * - `session_ended`: the session ended while something was waiting for it.
 * - `session_changed`: another user signed in while something was waiting for the first one.
 * - `step_up_required`: an API demands another authentication of the user, or more scopes; see `StepUpError`.
 * - `subject_mismatch`: a refresh returned the tokens of another user; the session has ended.
 * - `disposed`: the session object was disposed of.
 * - `login_failed`: the provider answered a sign-in or a sign-out with an error; `oauthError` says which.
 * - `login_required`: the provider cannot go on without the user; `oauthError` says whether to sign in, to consent or to choose.
 * - `login_timed_out`: the provider did not come back in time.
 * - `silent_login_blocked`: the browser keeps the provider from knowing the user in a hidden frame; only a visible sign-in helps.
 * - `popup_blocked`: the browser did not open the window; a click or a key press allows it.
 * - `popup_closed`: the window was closed before the provider came back.
 * - `unknown_state`: the answer belongs to nothing that this browser began, or to what was finished, or too long ago.
 * - `untrusted_response`: what the provider sent failed a check, and nothing of it was taken.
 * - `clock_skew`: the id token of the provider is not valid at the time of this machine's clock, which may be wrong.
 * - `provider_unreachable`: the provider could not be reached.
 * - `insecure_context`: the browser has no cryptography for this page, because it came over `http:`.
 */
export type AuthErrorCode =
  | 'invalid_configuration'
  | 'invalid_token_response'
  | 'no_session'
  | 'no_refresh_token'
  | 'refresh_refused'
  | 'refresh_postponed'
  | 'refresh_discarded'
  | 'session_ended'
  | 'session_changed'
  | 'step_up_required'
  | 'subject_mismatch'
  | 'disposed'
  | 'login_failed'
  | 'login_required'
  | 'login_timed_out'
  | 'silent_login_blocked'
  | 'popup_blocked'
  | 'popup_closed'
  | 'unknown_state'
  | 'untrusted_response'
  | 'clock_skew'
  | 'provider_unreachable'
  | 'insecure_context';

/** What an {@link AuthError} says beyond its code and message. */
export interface AuthErrorDetails {
  /** What caused it, where something did. Never holds a token. */
  readonly cause?: unknown;
  /** HTTP status of the answer this is about; absent when no answer came. */
  readonly status?: number | undefined;
  /** OAuth error code of that answer (RFC 6749 §5.2). */
  readonly oauthError?: string | undefined;
  /** Epoch ms of the next attempt, for `refresh_postponed`. */
  readonly retryAt?: number | undefined;
  /** Whether the same call can succeed later without anybody signing in again. */
  readonly retryable?: boolean | undefined;
  /** URL that the user wanted, for a sign-in by redirect that failed. Pass it to the next attempt. */
  readonly returnTo?: string | undefined;
}

/**
 * The one error class of the browser side. Branch on {@link AuthError.code}; the message is for people.
 *
 * @example
 * try {
 *   await authService.updateToken();
 * } catch (error) {
 *   if (error instanceof AuthError && error.retryable) showBanner('Connection trouble, trying again …');
 * }
 */
export class AuthError extends Error {
  /** What went wrong, as a stable word. */
  readonly code: AuthErrorCode;
  /** What caused it; absent where nothing did. Never holds a token. */
  override readonly cause: unknown;
  /** HTTP status of the answer this is about; absent when no answer came. */
  readonly status: number | undefined;
  /** OAuth error code of that answer (RFC 6749 §5.2). */
  readonly oauthError: string | undefined;
  /** Epoch ms of the next attempt, for `refresh_postponed`; absent where it is not known. */
  readonly retryAt: number | undefined;
  /** Whether the same call can succeed later without anybody signing in again. */
  readonly retryable: boolean;
  /** URL that the user wanted, for a sign-in by redirect that failed. Pass it to the next attempt. */
  readonly returnTo: string | undefined;

  constructor(code: AuthErrorCode, message: string, details: AuthErrorDetails = {}) {
    super(message);
    this.name = 'AuthError';
    this.code = code;
    this.cause = details.cause;
    this.status = details.status;
    this.oauthError = details.oauthError;
    this.retryAt = details.retryAt;
    this.retryable = details.retryable ?? false;
    this.returnTo = details.returnTo;
  }
}
