import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isTokenError } from './access-token.js';
import type { ErrorReporter } from './error-reporter.js';
import { OAuthError, unavailable } from './oauth-error.js';

/** A verified logout token. @see https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken */
export interface LogoutToken {
  readonly iss: string;
  readonly jti: string;
  readonly sub?: string;
  readonly sid?: string;
}

/** What {@link verifyLogoutToken} expects. */
export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: () => number;
  /** Called when the keys could not be fetched. */
  readonly reportError: ErrorReporter;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';
const maxAgeSeconds = 600;
const toleranceSeconds = 30;

/** How long a logout token can be accepted. */
export const logoutTokenLifetimeSeconds = maxAgeSeconds + 2 * toleranceSeconds;

/**
 * Verifies a logout token.
 *
 * @throws {OAuthError} `invalid_request`, or `temporarily_unavailable` if the keys cannot be fetched
 * @see https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
 */
export async function verifyLogoutToken(
  token: string,
  key: JWTVerifyGetKey,
  algorithms: readonly string[],
  { issuer, clientId, clock, reportError }: LogoutTokenRules,
): Promise<LogoutToken> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [...algorithms],
      issuer,
      audience: clientId,
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: maxAgeSeconds,
      clockTolerance: toleranceSeconds,
      currentDate: new Date(clock()),
    });
    if (!isLogoutToken(payload, protectedHeader.typ)) throw new errors.JWTInvalid('This is not a logout token.');
    const { jti = '', sub, sid } = payload as { jti?: string; sub?: string; sid?: string };
    return { iss: issuer, jti, ...(sub === undefined ? {} : { sub }), ...(sid === undefined ? {} : { sid }) };
  } catch (cause) {
    if (!isTokenError(cause)) {
      reportError(cause);
      throw unavailable(cause);
    }
    throw new OAuthError('invalid_request', 'The logout token is not valid.', { cause });
  }
}

function isLogoutToken({ jti, sub, sid, nonce, events }: JWTPayload, typ: unknown): boolean {
  if (typ !== undefined && !/^(?:application\/)?(?:logout\+jwt|jwt)$/i.test(String(typ))) return false;
  const identifiers = [sub, sid].filter(value => value !== undefined);
  const happened: unknown = Object(events)[event];
  return (
    nonce === undefined &&
    typeof happened === 'object' &&
    happened !== null &&
    identifiers.length > 0 &&
    [jti, ...identifiers].every(value => typeof value === 'string' && value !== '')
  );
}
