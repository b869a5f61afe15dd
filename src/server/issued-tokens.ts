import { randomUUID } from 'node:crypto';
import type { IssuerContext } from './issuer-context.js';
import type { SessionRecord } from './session-record.js';
import type { AdditionalClaims } from './token-issuer-options.js';

/** The JSON body of a successful token response. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export interface IssuedTokens {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  /** Seconds until the session ends if it is not refreshed. */
  readonly refresh_expires_in: number;
  readonly scope?: string;
}

/** Signs an access token. Additional claims cannot replace the registered ones. */
export function accessToken(
  { options, limits, signingKey, clock }: IssuerContext,
  record: SessionRecord,
  scope: string,
  additional: AdditionalClaims,
): string | Promise<string> {
  const nowSeconds = clock() / 1000;
  return signingKey.sign({
    ...additional,
    iss: options.issuer,
    aud: options.audience,
    sub: record.sub,
    ...(record.clientId === undefined ? {} : { client_id: record.clientId }),
    ...(scope === '' ? {} : { scope }),
    sid: record.id,
    jti: randomUUID(),
    auth_time: Math.floor(record.authenticatedAt / 1000),
    ...(record.acr === undefined ? {} : { acr: record.acr }),
    iat: Math.floor(nowSeconds),
    // Whole seconds, rounded up so that the token is valid for as long as `expires_in` says.
    exp: Math.ceil(nowSeconds) + limits.accessTokenLifetimeSeconds,
  });
}

/**
 * Returns the token response for the current refresh token of a session.
 * @param at the current instant on the store's clock
 */
export function issuedTokens(
  { limits, codec }: IssuerContext,
  accessToken: string,
  record: SessionRecord,
  scope: string,
  at: number,
): IssuedTokens {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: limits.accessTokenLifetimeSeconds,
    refresh_token: codec.encode({ sessionId: record.id, generation: record.generation }),
    refresh_expires_in: Math.floor((record.idleExpiresAt - at) / 1000),
    ...(scope === '' ? {} : { scope }),
  };
}
