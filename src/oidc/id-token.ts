import { AuthError } from '../errors.js';
import type { JwtClaims } from '../session/token-set.js';

/**
 * Compares the id token of a refresh with the previous one. Returns an error if the session must end.
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
    return new AuthError(
      'subject_mismatch',
      'The refresh returned the id token of another user. The session has ended.',
    );
  }
  const issuedEarlier = Number(next['iat']) + toleranceSeconds < Number(previous['iat']);
  if (issuedEarlier) return untrusted('its iat is before that of the previous id token');
  return differs('azp', previous, next) ? untrusted('its azp differs') : undefined;
}

/**
 * Returns a warning if `auth_time` differs from that of the previous id token. Providers change it when the user signs in on a
 * second device, although OpenID Connect requires the time of the first authentication.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
 */
export function refreshedIdTokenWarning(previous: JwtClaims | undefined, next: JwtClaims): string | undefined {
  return previous && differs('auth_time', previous, next)
    ? 'The auth_time of the id token changed during a refresh. The provider should keep it; the session continues.'
    : undefined;
}

function differs(claim: string, previous: JwtClaims, next: JwtClaims): boolean {
  return next[claim] !== undefined && previous[claim] !== undefined && next[claim] !== previous[claim];
}

function untrusted(why: string): AuthError {
  return new AuthError('untrusted_response', `The id token of the refresh failed a check: ${why}.`);
}
