import { getValidatedIdTokenClaims, type TokenEndpointResponse } from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { isLoggedIn, isSameUser, type LoggedIn, type SessionState } from '../session/session-state.js';
import type { SignInRequest } from './code-login.js';
import type { ResolvedOptions } from './open-id-connect-options.js';

/** What an API demands of the user, as a `StepUpError` of `aurelia-auth-refresh/core` holds it. */
export interface StepUpRequest {
  /** Authentication context classes, in order of preference, with spaces between. */
  readonly acrValues?: string | undefined;
  /** Maximum time since the user authenticated, in seconds. */
  readonly maxAgeSeconds?: number | undefined;
  /** Scopes, with spaces between. They are added to the `scope` option. */
  readonly scope?: string | undefined;
}

/**
 * Returns the sign-in that meets a demand.
 *
 * @throws {AuthError} `invalid_configuration` if there is no id token that names the user
 * @see https://www.rfc-editor.org/rfc/rfc9470#section-5
 */
export function stepUpSignIn(
  { scope, idTokenHint }: ResolvedOptions,
  state: LoggedIn,
  demand: StepUpRequest,
): SignInRequest {
  const { idToken, idClaims } = state.tokens;
  if (idToken === undefined || idClaims?.['sub'] === undefined) {
    throw new AuthError('invalid_configuration', 'A step-up needs an id token: add "openid" to the scope.');
  }
  const scopes = new Set(`${scope} ${demand.scope ?? ''}`.split(' ').filter(Boolean));
  return {
    maxAgeSeconds: demand.maxAgeSeconds,
    parameters: {
      scope: [...scopes].join(' '),
      ...(demand.acrValues !== undefined && { acr_values: demand.acrValues }),
      ...(idTokenHint && { id_token_hint: idToken }),
    },
  };
}

/**
 * Checks that the user who signed in is the user of the session.
 *
 * @throws {AuthError} `subject_mismatch`; `session_changed` if the session has another user meanwhile
 */
export function requireSameUser(before: LoggedIn, now: SessionState, body: TokenEndpointResponse): void {
  if (isLoggedIn(now) && !isSameUser(before, now)) {
    throw new AuthError('session_changed', 'Another user signed in during the step-up.');
  }
  if (getValidatedIdTokenClaims(body)?.sub !== before.tokens.idClaims?.['sub']) {
    throw new AuthError('subject_mismatch', 'Another user signed in for the step-up. The session is unchanged.');
  }
}
