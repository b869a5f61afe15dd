import { createHash, randomBytes } from 'node:crypto';

const tagLength = 16;
const format = /^[\w-]{32}$/;

/**
 * Returns a new session ID: the user's tag and 96 random bits. An identifier, not a secret.
 *
 * All sessions of a user begin with the same tag, so that a sharded store can keep them together.
 */
export function newSessionId(sub: string): string {
  return userTag(sub) + randomBytes(12).toString('base64url');
}

/** Returns 96 bits of a hash of the user's identifier, in 16 characters. */
export function userTag(sub: string): string {
  return createHash('sha256').update(sub).digest('base64url').slice(0, tagLength);
}

/** Returns the user's tag of a session ID, or `undefined` for other strings. */
export function tagOfSession(id: string): string | undefined {
  return format.test(id) ? id.slice(0, tagLength) : undefined;
}
