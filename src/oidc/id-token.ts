import { AuthError } from '../errors.js';
import type { JwtClaims } from '../session/token-set.js';

/**
 * What is wrong with the id token of a refresh, next to the one from before. Nothing, where there was none before.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
 */
export function refreshedIdTokenError(
  previous: JwtClaims | undefined,
  next: JwtClaims,
  toleranceSeconds: number,
): AuthError | undefined {
  if (!previous) return undefined;
  if (next['iss'] !== previous['iss'] || next['sub'] !== previous['sub']) {
    return new AuthError('subject_mismatch', "The refresh returned another user's id token; the session has ended.");
  }
  const issuedEarlier = Number(next['iat']) + toleranceSeconds < Number(previous['iat']);
  if (issuedEarlier) return untrusted('it was issued before the one it replaces');
  if (differs('azp')) return untrusted('azp is not what it was');
  if (differs('auth_time')) return untrusted('auth_time is not what it was');
  return undefined;

  function differs(claim: string): boolean {
    return next[claim] !== undefined && previous?.[claim] !== undefined && next[claim] !== previous[claim];
  }
}

function untrusted(why: string): AuthError {
  return new AuthError('untrusted_response', `The id token of the refresh failed a check: ${why}.`);
}
