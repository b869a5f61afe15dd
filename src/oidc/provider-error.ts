import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { AuthError } from '../errors.js';

/** What a provider says when it will not go on without the user. @see https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
const wantsTheUser = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

/**
 * The error as applications know it. What the protocol library hangs on to its errors (answers, claims, parameters) may hold tokens
 * and codes, and is left behind.
 */
export function providerError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const cause = plain(error);
  if (error instanceof AuthorizationResponseError) {
    const { error: oauthError, error_description: description } = error;
    return wantsTheUser.has(oauthError)
      ? new AuthError('login_required', `The provider wants to see the user: "${oauthError}".`, { oauthError, cause })
      : new AuthError('login_failed', `The provider did not sign in: ${said(oauthError, description)}.`, {
          oauthError,
          cause,
          retryable: oauthError === 'temporarily_unavailable' || oauthError === 'server_error',
        });
  }
  if (error instanceof ResponseBodyError) {
    const { status, error: oauthError, error_description: description } = error;
    return new AuthError('login_failed', `The provider refused: ${said(oauthError, description)}.`, {
      status,
      oauthError,
      cause,
    });
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const { status } = error;
    return new AuthError('login_failed', `The provider answered with status ${status} and a challenge.`, {
      status,
      cause,
    });
  }
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    return new AuthError('untrusted_response', `The provider's answer failed a check: ${error.message}.`, { cause });
  }
  return new AuthError(
    'provider_unreachable',
    'The provider could not be reached, or not by a script of this origin.',
    {
      cause,
      retryable: true,
    },
  );
}

function plain(error: unknown): Error | undefined {
  return error instanceof Error ? Object.assign(new Error(error.message), { name: error.name }) : undefined;
}

function said(oauthError: string, description: string | undefined): string {
  return description ? `"${oauthError}", ${description.slice(0, 200)}` : `"${oauthError}"`;
}
