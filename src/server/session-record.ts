/** Why a session ended. */
export type RevocationReason =
  | 'reuse_detected'
  | 'logged_out'
  | 'account_rejected'
  | 'all_sessions_revoked'
  | 'too_many_sessions';

/**
 * One session, as a store keeps it: a login and all refresh tokens issued since. Instants are epoch milliseconds on the
 * store's clock.
 *
 * The record contains nothing that can be presented. A refresh token is derived from `id` and `generation` with a key that the
 * store does not have.
 */
export interface SessionRecord {
  readonly id: string;
  readonly sub: string;
  /** Unset if the login was not bound to a client. */
  readonly clientId?: string;
  /** The scope that the login granted, space-separated. Empty if the application uses no scopes. */
  readonly scope: string;
  /** When the user authenticated. A refresh does not change it. */
  readonly authenticatedAt: number;
  /** How the user authenticated: the authentication context class reference. Unset if the login did not name one. */
  readonly acr?: string;
  /** The generation of the current refresh token. The first is 1. */
  readonly generation: number;
  /** When the session began. */
  readonly createdAt: number;
  /** Ends the session if it is not later than the user's `notBefore`. `createdAt`, or later if `revokeAll` kept the session. */
  readonly validFrom: number;
  /** When the session was last refreshed, or `createdAt`. */
  readonly rotatedAt: number;
  /** When the session ends if it is not refreshed. Each refresh extends it, up to `absoluteExpiresAt`. */
  readonly idleExpiresAt: number;
  /** When the session ends in any case. Never extended. */
  readonly absoluteExpiresAt: number;
  /** Why the session was ended. Unset for a live session. */
  readonly revoked?: RevocationReason;
  /** The client's IP address at the last refresh, or at the login. */
  readonly lastAddress?: string;
  /** Details for a list of sessions, such as the name of the device. */
  readonly meta: Readonly<Record<string, string>>;
}

/** The fields of a record except its `id`, and how each is represented. */
export const recordFields = {
  sub: 'text',
  clientId: 'text',
  scope: 'text',
  authenticatedAt: 'instant',
  acr: 'text',
  generation: 'number',
  createdAt: 'instant',
  validFrom: 'instant',
  rotatedAt: 'instant',
  idleExpiresAt: 'instant',
  absoluteExpiresAt: 'instant',
  revoked: 'text',
  lastAddress: 'text',
  meta: 'json',
} as const satisfies Record<Exclude<keyof SessionRecord, 'id'>, 'text' | 'number' | 'instant' | 'json'>;

type Fields = Partial<Omit<SessionRecord, 'id'>>;
type FieldName = keyof Fields & keyof typeof recordFields;

const fieldNames = Object.keys(recordFields) as FieldName[];
const optionalFields: ReadonlySet<FieldName> = new Set<FieldName>(['clientId', 'acr', 'revoked', 'lastAddress']);

/** Represents fields as names and texts. Unset fields are left out. */
export function fieldTexts(fields: Fields): [name: string, text: string][] {
  return fieldNames.flatMap((name): [string, string][] => {
    const value = fields[name];
    if (value === undefined) return [];
    return [[name, recordFields[name] === 'json' ? JSON.stringify(value) : String(value)]];
  });
}

/** Reads a record from the texts of its fields. Returns `undefined` if the record is incomplete or corrupt. */
export function recordFromTexts(id: string, texts: ReadonlyMap<string, string>): SessionRecord | undefined {
  const values: [string, unknown][] = [];
  for (const name of fieldNames) {
    const text = texts.get(name);
    if (text === undefined && optionalFields.has(name)) continue;
    const value = text === undefined ? undefined : fieldValue(name, text);
    if (value === undefined) return undefined;
    values.push([name, value]);
  }
  return { id, ...(Object.fromEntries(values) as Omit<SessionRecord, 'id'>) };
}

function fieldValue(name: FieldName, text: string): unknown {
  const kind = recordFields[name];
  if (kind === 'text') return text;
  if (kind === 'json') return jsonObject(text);
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether the session can still be refreshed. */
export function isLive(record: SessionRecord, now: number): boolean {
  return record.revoked === undefined && now < record.idleExpiresAt && now < record.absoluteExpiresAt;
}

/** Applies the user's `notBefore`: a record that is not valid from a later instant is revoked. */
export function withNotBefore(record: SessionRecord, notBefore: number | undefined): SessionRecord {
  if (record.revoked !== undefined || notBefore === undefined || record.validFrom > notBefore) return record;
  return { ...record, revoked: 'all_sessions_revoked' };
}

/** How long a revoked session remains readable, in seconds. */
export const revokedRetentionSeconds = 3600;

/** Returns when a store drops a session that is revoked now, in epoch milliseconds. */
export function revokedUntil(record: SessionRecord, now: number): number {
  return Math.min(now + revokedRetentionSeconds * 1000, record.absoluteExpiresAt);
}
