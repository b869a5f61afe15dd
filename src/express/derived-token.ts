import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { derivedKey, keyId } from './secret.js';

/** Which refresh token a string is, once its authenticity is established. */
export interface DerivedTokenId {
  readonly familyId: string;
  readonly generation: number;
}

/**
 * Refresh tokens that are computed, not stored: `v1.<kid>.<family>.<generation>.<HMAC-SHA-256>`.
 *
 * The store keeps only the family and its current generation, so a copy of it holds nothing that can be presented; the
 * same successor can be handed out twice; a forged token fails before the store is asked; and every generation that
 * ever was is recognised without a list of them.
 */
export interface DerivedTokens {
  mint(id: DerivedTokenId): string;
  /** `undefined` for everything this server did not make. */
  read(token: string): DerivedTokenId | undefined;
}

const shape = /^v1\.([\w-]{8})\.([\w-]{22})\.(\d{8})\.([\w-]{43})$/;

/**
 * @param secrets the first makes tokens, all recognise them: to change it, add a new one at the end, put it in front when every
 *   process has it, and drop the old one when the absolute lifetime has passed
 */
export function derivedTokens(secrets: readonly string[]): DerivedTokens {
  const keys = new Map(secrets.map(secret => [keyId(secret), derivedKey(secret, 'refresh token')]));
  const [newest] = keys;
  if (newest === undefined) throw new TypeError('At least one secret is needed.');
  const [newestKid, newestKey] = newest;

  return {
    mint({ familyId, generation }) {
      const content = `v1.${newestKid}.${familyId}.${String(generation).padStart(8, '0')}`;
      return `${content}.${mac(newestKey, content)}`;
    },
    read(token) {
      const [, kid = '', familyId = '', generation = '', signature = ''] = shape.exec(token) ?? [];
      const key = keys.get(kid);
      if (key === undefined) return undefined;
      const expected = mac(key, token.slice(0, token.lastIndexOf('.')));
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined;
      return { familyId, generation: Number(generation) };
    },
  };
}

/** 128 random bits: an identifier, not a secret. */
export function newFamilyId(): string {
  return randomBytes(16).toString('base64url');
}

function mac(key: KeyObject, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url');
}
