import type { ServerClock } from './server-clock.js';
import { type EndedSession, type EndReason, endReasons, type LiveSession, supersedes } from './session-state.js';
import { text } from './token-response.js';
import { withClaims } from './token-set.js';

/** The stored session, as JSON in a token store. Instants are wall-clock epoch ms, which all tabs and page loads share. */
export interface SessionRecord {
  readonly version: 1;
  readonly epoch: number;
  readonly generation: number;
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  readonly scope: string | undefined;
  readonly receivedAt: number;
  readonly expiresAt: number | undefined;
  /** The response body as it was received. */
  readonly response: unknown;
}

/** The record of a session that has ended. It keeps a late response from restoring the session. */
export interface EndedRecord {
  readonly version: 1;
  readonly epoch: number;
  readonly ended: EndReason;
}

/** A stored value, parsed. `newer` was written by a later major version of this library. */
export type Stored =
  | { readonly kind: 'absent' | 'unreadable' | 'newer'; readonly session?: undefined }
  | { readonly kind: 'session'; readonly session: LiveSession | EndedSession };

/** Returns the stored session if it is later than `session`. */
export function laterThan(session: LiveSession | EndedSession, stored: Stored): LiveSession | EndedSession | undefined {
  return stored.session && supersedes(stored.session, session) ? stored.session : undefined;
}

/** Creates the record of a session. It has all fields, so that none of the replaced record remains. */
export function liveRecord(session: LiveSession, clock: ServerClock): SessionRecord {
  const { accessToken, tokenType, refreshToken, idToken, scope, receivedAt, expiresAt, response } = session.tokens;
  return {
    version: 1,
    epoch: session.epoch,
    generation: session.generation,
    accessToken,
    tokenType,
    refreshToken,
    idToken,
    scope,
    receivedAt: clock.toWall(receivedAt),
    expiresAt: expiresAt === undefined ? undefined : clock.toWall(expiresAt),
    response,
  };
}

export function endedRecord({ epoch, ended }: EndedSession): EndedRecord {
  return { version: 1, epoch, ended };
}

/** Reads what a store holds. Never throws. */
export function readRecord(value: unknown, clock: ServerClock): Stored {
  if (value === undefined || value === null) return { kind: 'absent' };
  if (typeof value !== 'object' || Array.isArray(value)) return { kind: 'unreadable' };
  const record: Partial<Record<string, unknown>> = Object.assign(Object.create(null), value);
  const version = record['version'];
  if (typeof version !== 'number' || typeof record['epoch'] !== 'number') return { kind: 'unreadable' };
  if (version > 1) return { kind: 'newer' };
  const session = record['ended'] === undefined ? liveSession(record, clock) : endedSession(record);
  return session ? { kind: 'session', session } : { kind: 'unreadable' };
}

function isEndReason(value: unknown): value is EndReason {
  return Object.keys(endReasons).includes(value as EndReason);
}

/** A later minor version of this library may know more reasons. */
function endedSession({ epoch, ended }: Partial<Record<string, unknown>>): EndedSession | undefined {
  if (!isEpoch(epoch) || !text(ended)) return undefined;
  return { epoch, ended: isEndReason(ended) ? ended : 'other_tab' };
}

function liveSession(record: Partial<Record<string, unknown>>, clock: ServerClock): LiveSession | undefined {
  const { epoch, generation, receivedAt, expiresAt } = record;
  const accessToken = text(record['accessToken']);
  if (!isEpoch(epoch) || !isCount(generation) || !accessToken || !isInstant(receivedAt)) return undefined;
  if (expiresAt !== undefined && !isInstant(expiresAt)) return undefined;
  return {
    epoch,
    generation,
    tokens: withClaims({
      accessToken,
      tokenType: record['tokenType'] === 'DPoP' ? 'DPoP' : 'Bearer',
      refreshToken: text(record['refreshToken']),
      idToken: text(record['idToken']),
      scope: text(record['scope']),
      ...lifetime(receivedAt, expiresAt, clock),
      response: record['response'],
    }),
  };
}

/** A wall clock that was set back since the record was written does not extend the life of the token. */
function lifetime(receivedAt: number, expiresAt: number | undefined, clock: ServerClock) {
  const received = Math.min(clock.fromWall(receivedAt), clock.now());
  return { receivedAt: received, expiresAt: expiresAt === undefined ? undefined : received + (expiresAt - receivedAt) };
}

/** The latest instant that a date can be, in epoch ms. */
const latestInstant = 8.64e15;

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= latestInstant;
}

/** Adding 1 must give a later epoch, so very large numbers are no epochs. */
function isEpoch(value: unknown): value is number {
  return isInstant(value) && value < latestInstant - 1e6;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
