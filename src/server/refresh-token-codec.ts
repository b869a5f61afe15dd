import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { derivedKey, keyId } from './secret.js';

/** The content of an authentic refresh token. */
export interface RefreshTokenContent {
  readonly sessionId: string;
  readonly generation: number;
}

/**
 * Computes refresh tokens: `v1.<key id>.<session id>.<generation>.<HMAC-SHA-256>`.
 *
 * The store keeps only the session and its current generation. A copy of the store contains nothing that can be presented.
 * The same successor can be sent twice. A forged token is rejected before the store is read. Each earlier generation is
 * recognised without a list of used tokens.
 */
export interface RefreshTokenCodec {
  encode(content: RefreshTokenContent): string;
  /** Returns `undefined` for everything that was not made with one of the secrets. */
  decode(token: string): RefreshTokenContent | undefined;
}

const format = /^v1\.([\w-]{8})\.([\w-]{32})\.(\d{8})\.([\w-]{43})$/;

/** Returns the codec for a list of secrets. @param secrets the first makes tokens, and all of them are recognised */
export function refreshTokenCodec(secrets: readonly string[]): RefreshTokenCodec {
  const keys = new Map(secrets.map(secret => [keyId(secret), derivedKey(secret, 'refresh token')]));
  const [newest] = keys;
  if (newest === undefined) throw new TypeError('At least one secret is needed.');
  const [newestKeyId, newestKey] = newest;

  return {
    encode({ sessionId, generation }) {
      const content = `v1.${newestKeyId}.${sessionId}.${String(generation).padStart(8, '0')}`;
      return `${content}.${mac(newestKey, content)}`;
    },
    decode(token) {
      const [, kid = '', sessionId = '', generation = '', signature = ''] = format.exec(token) ?? [];
      const key = keys.get(kid);
      if (key === undefined) return undefined;
      const expected = mac(key, token.slice(0, token.lastIndexOf('.')));
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined;
      return { sessionId, generation: Number(generation) };
    },
  };
}

function mac(key: KeyObject, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url');
}
