import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** @throws {TypeError} if the secret is too short. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
export function checkSecret(secret: unknown): void {
  if (typeof secret === 'string' && Buffer.byteLength(secret) >= 32) return;
  throw new TypeError('The secret must be a string of at least 32 bytes. Generate one with `openssl rand -base64 32`.');
}

/** Returns an identifier of the secret that does not reveal it. */
export function keyId(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'key id', 6)).toString('base64url');
}

/** Derives a key for one purpose. The key reveals nothing about the keys for other purposes. */
export function derivedKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
}
