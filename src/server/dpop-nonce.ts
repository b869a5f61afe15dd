import { createHmac, timingSafeEqual } from 'node:crypto';
import { checkSecret, derivedKey } from './secret.js';

/** Creates and recognises the nonces of a server, without storing them. */
export interface DpopNonces {
  create(): string;
  isValid(nonce: unknown): boolean;
}

const lifetimeMs = 300_000;
const format = /^(\d{1,15})\.([\w-]{43})$/;

/** @see https://www.rfc-editor.org/rfc/rfc9449#section-8 @throws {TypeError} if the secret is too short */
export function dpopNonces(secret: string, clock: () => number): DpopNonces {
  checkSecret(secret);
  const key = derivedKey(secret, 'DPoP nonce');
  const mac = (instant: string): string => createHmac('sha256', key).update(instant).digest('base64url');
  return {
    create() {
      const instant = String(Math.floor(clock()));
      return `${instant}.${mac(instant)}`;
    },
    isValid(nonce) {
      const [, instant = '', signature = ''] = (typeof nonce === 'string' && format.exec(nonce)) || [];
      if (instant === '' || !timingSafeEqual(Buffer.from(mac(instant)), Buffer.from(signature))) return false;
      return Math.abs(clock() - Number(instant)) < lifetimeMs;
    },
  };
}
