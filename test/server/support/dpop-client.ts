import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** A client that signs DPoP proofs with one key. */
export interface DpopClient {
  readonly thumbprint: string;
  readonly jwk: JWK;
  /** Returns a proof. `claims` and `header` replace its parts; `undefined` leaves a part out. */
  proof(request: DpopRequest, claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

export interface DpopRequest {
  readonly method: string;
  readonly url: string;
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function dpopClient(alg = 'ES256'): Promise<DpopClient> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
    proof({ method, url, accessToken, now }, claims = {}, header = {}) {
      const ath = createHash('sha256').update(accessToken).digest('base64url');
      const payload = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(now / 1000), ath, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header }).sign(privateKey);
    },
  };
}
