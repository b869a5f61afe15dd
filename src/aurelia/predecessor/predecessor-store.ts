import { jwtClaims, type SessionRecord, type TokenResponseReader, type TokenStore } from '../../core.js';

/**
 * Keeps the session in the format of aurelia-authentication, whose record is the token response itself.
 *
 * Writes the properties of the response beside the record's own, so an app that returns to aurelia-authentication stays
 * signed in. Reads a bare token response as a session.
 *
 * @param wall epoch ms
 */
export function predecessorStore(store: TokenStore, read: TokenResponseReader, wall: () => number): TokenStore {
  const recordOf = (text: string | undefined): string | undefined => text && recordText(text, read, wall());
  return {
    read: () => recordOf(store.read()),
    write: text => store.write(withResponse(text)),
    remove: () => store.remove(),
    watch: onChange => store.watch?.(text => onChange(recordOf(text))) ?? (() => undefined),
  };
}

/** The record's own fields; properties of the response with these names are left out. */
const ownFields: Readonly<Record<keyof SessionRecord | 'ended', undefined>> = {
  version: undefined,
  epoch: undefined,
  generation: undefined,
  accessToken: undefined,
  tokenType: undefined,
  refreshToken: undefined,
  idToken: undefined,
  scope: undefined,
  receivedAt: undefined,
  expiresAt: undefined,
  response: undefined,
  ended: undefined,
};

function withResponse(text: string): string {
  const record = JSON.parse(text);
  const { response } = record;
  return typeof response === 'object' ? JSON.stringify({ ...response, ...ownFields, ...record }) : text;
}

/** Returns the text as it is if it holds a record already, or nothing that can be read. */
function recordText(text: string, read: TokenResponseReader, now: number): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isSessionRecord(value)) return text;
    return JSON.stringify(sessionRecord(value, read, now));
  } catch {
    return text;
  }
}

/** Whether an object is a record of a session, and not a token response. */
export function isSessionRecord({ version, epoch }: { version?: unknown; epoch?: unknown }): boolean {
  return typeof version === 'number' && typeof epoch === 'number';
}

/**
 * The time of receipt is unknown. The epoch is the time of issue, so that a response which aurelia-authentication stored
 * after our own record supersedes that record.
 */
function sessionRecord(body: object, read: TokenResponseReader, now: number): SessionRecord {
  // aurelia-authentication ignores the token type, so no type makes its session unreadable.
  const response = read({ ...body, token_type: undefined });
  const { accessToken, tokenType, refreshToken, idToken, scope, expiresInSeconds, expiresAtSeconds } = response;
  const claims = jwtClaims(accessToken);
  const issuedAt = instant(claims?.['iat']);
  const expiresIn = expiresInSeconds === undefined ? undefined : now + expiresInSeconds * 1000;
  return {
    version: 1,
    epoch: issuedAt === undefined ? 1 : Math.floor(issuedAt / 1000) * 1000 + 999,
    generation: 0,
    accessToken,
    tokenType,
    refreshToken,
    idToken,
    scope,
    receivedAt: now,
    expiresAt: instant(claims?.['exp']) ?? instant(expiresAtSeconds) ?? plausible(expiresIn),
    response: body,
  };
}

/** Returns epoch ms from seconds or ms since the epoch; `undefined` for anything else. */
function instant(value: unknown): number | undefined {
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = typeof value === 'number' || isText ? Number(value) : 0;
  return number > 0 ? plausible(number > 1e11 ? number : number * 1000) : undefined;
}

/** Later instants are no date. */
function plausible(instantMs: number | undefined): number | undefined {
  return instantMs !== undefined && instantMs < 8.6e15 ? instantMs : undefined;
}
