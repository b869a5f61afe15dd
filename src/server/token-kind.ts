import type { JWTPayload } from 'jose';

/** The type in the header of a JWT. `none` stands for a header without a type. */
export type AccessTokenType = 'at+jwt' | 'JWT' | 'none';

export const accessTokenTypes: readonly AccessTokenType[] = ['at+jwt', 'JWT', 'none'];

/** Returns whether the header type is accepted. @see https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9 */
export function hasType(typ: unknown, accepted: readonly AccessTokenType[]): boolean {
  if (typ === undefined) return accepted.includes('none');
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  return accepted.some(each => each !== 'none' && each.toLowerCase() === type);
}

const accessMarks: ReadonlySet<unknown> = new Set(['Bearer', 'DPoP']);

/**
 * Returns whether the claims are those of an ID token or of another token. Needed for headers without the type `at+jwt`, which would
 * tell them apart.
 */
export function isOtherToken(claims: JWTPayload): boolean {
  const { typ, token_use, nonce, at_hash, c_hash, events } = claims;
  if (at_hash !== undefined || c_hash !== undefined || events !== undefined) return true;
  if (token_use !== undefined) return token_use !== 'access';
  return typ === undefined ? nonce !== undefined : !accessMarks.has(typ);
}

/** Returns the scope of a token, space-separated. Some issuers have a list, or the claim `scp`. */
export function scopeOf({ scope, scp }: JWTPayload): string | undefined {
  const value = scope ?? scp;
  if (Array.isArray(value)) return value.filter(each => typeof each === 'string').join(' ');
  return typeof value === 'string' ? value : undefined;
}
