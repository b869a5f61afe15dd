import {
  AuthorizationResponseError,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { AuthError } from '../errors.js';
import type { JwtClaims } from '../session/token-set.js';

/** Errors of `prompt=none` that need the user. @see https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
const interactionErrors = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

/**
 * Converts an error of the protocol library to an {@link AuthError}. Drops the responses, claims and parameters of the library's
 * error, which may hold tokens and codes.
 */
export function providerError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const cause = plain(error);
  if (error instanceof AuthorizationResponseError) return authorizationError(error, cause);
  if (error instanceof ResponseBodyError) {
    const { status, error: oauthError, error_description: description } = error;
    const message = `The provider rejected the request: ${quoted(oauthError, description)}.`;
    return new AuthError('login_failed', message, { status, oauthError, cause });
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const { status } = error;
    const message = `The provider responded with status ${status} and a challenge.`;
    return new AuthError('login_failed', message, { status, cause });
  }
  const skew = clockSkewError(error, cause);
  if (skew) return skew;
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    return new AuthError('untrusted_response', `The provider's response is invalid: ${error.message}.`, { cause });
  }
  const message = 'The provider is unreachable, or its CORS rules exclude this origin.';
  return new AuthError('provider_unreachable', message, { cause, retryable: true });
}

function authorizationError(error: AuthorizationResponseError, cause: Error | undefined): AuthError {
  const { error: oauthError, error_description: description } = error;
  if (interactionErrors.has(oauthError)) {
    return new AuthError('login_required', `The provider needs the user: "${oauthError}".`, { oauthError, cause });
  }
  const retryable = oauthError === 'temporarily_unavailable' || oauthError === 'server_error';
  const message = `The provider did not sign the user in: ${quoted(oauthError, description)}.`;
  return new AuthError('login_failed', message, { oauthError, cause, retryable });
}

/** A token that was issued just now, by its `iat`, at another time than this machine's clock shows. */
function clockSkewError(error: unknown, cause: Error | undefined): AuthError | undefined {
  if (!(error instanceof OperationProcessingError) || error.code !== JWT_TIMESTAMP_CHECK) return undefined;
  const { claims, now, tolerance = 0 } = error.cause as TimestampCheck;
  const skewSeconds = Math.abs(now - Number(claims['iat']));
  if (!(skewSeconds > tolerance)) return undefined;
  const message =
    `The clock of this machine may be wrong: it differs from the iat of the id token by ${Math.round(skewSeconds)} ` +
    `seconds, and ${tolerance} seconds are tolerated (clockToleranceSeconds).`;
  return new AuthError('clock_skew', message, { cause });
}

/** `cause` of the protocol library's error. */
interface TimestampCheck {
  readonly claims: JwtClaims;
  readonly now: number;
  readonly tolerance?: number;
}

function plain(error: unknown): Error | undefined {
  return error instanceof Error ? Object.assign(new Error(error.message), { name: error.name }) : undefined;
}

function quoted(oauthError: string, description: string | undefined): string {
  return description ? `"${oauthError}", ${description.slice(0, 200)}` : `"${oauthError}"`;
}
