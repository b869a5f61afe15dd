import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** @throws {TypeError} when it could be guessed. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
export function checkSecret(secret: unknown): void {
  if (typeof secret === 'string' && Buffer.byteLength(secret) >= 32) return;
  throw new TypeError('The secret must be a string of at least 32 bytes: `openssl rand -base64 32` makes one.');
}

/** Names a secret without telling it. */
export function keyId(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'key id', 6)).toString('base64url');
}

/** A key for one purpose, which says nothing about the keys for others. */
export function derivedKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
}
