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
  /** The generation of the current refresh token. The first is 1. */
  readonly generation: number;
  /** When the session began. */
  readonly createdAt: number;
  /** When the session was last refreshed, or `createdAt`. */
  readonly rotatedAt: number;
  /** When the session ends if it is not refreshed. Each refresh extends it, up to `absoluteExpiresAt`. */
  readonly idleExpiresAt: number;
  /** When the session ends in any case. Never extended. */
  readonly absoluteExpiresAt: number;
  /** Why the session was ended. Unset for a live session. */
  readonly revoked?: RevocationReason;
  /** Details for a list of sessions, such as the name of the device. */
  readonly meta: Readonly<Record<string, string>>;
}

/** The fields of a record except its `id`, and how each is represented. */
export const recordFields = {
  sub: 'text',
  clientId: 'text',
  scope: 'text',
  authenticatedAt: 'instant',
  generation: 'number',
  createdAt: 'instant',
  rotatedAt: 'instant',
  idleExpiresAt: 'instant',
  absoluteExpiresAt: 'instant',
  revoked: 'text',
  meta: 'json',
} as const satisfies Record<Exclude<keyof SessionRecord, 'id'>, 'text' | 'number' | 'instant' | 'json'>;

type Fields = Partial<Omit<SessionRecord, 'id'>>;
type FieldName = keyof Fields & keyof typeof recordFields;

/** The fields without which a record cannot be read. */
const requiredFields = (Object.keys(recordFields) as FieldName[]).filter(
  name => name !== 'clientId' && name !== 'revoked',
);

/** Represents fields as names and texts. Unset fields are left out. */
export function fieldTexts(fields: Fields): [name: string, text: string][] {
  return (Object.keys(recordFields) as FieldName[]).flatMap((name): [string, string][] => {
    const value = fields[name];
    if (value === undefined) return [];
    return [[name, recordFields[name] === 'json' ? JSON.stringify(value) : String(value)]];
  });
}

/** Reads a record from the texts of its fields. @throws {Error} if a required field is missing */
export function recordFromTexts(id: string, texts: ReadonlyMap<string, string>): SessionRecord {
  const missing = requiredFields.find(name => !texts.has(name));
  if (missing !== undefined) throw new Error(`The record of a session has no ${missing}.`);
  const values = (Object.keys(recordFields) as FieldName[]).flatMap(name => {
    const text = texts.get(name);
    return text === undefined ? [] : [[name, fieldValue(name, text)]];
  });
  return { id, ...(Object.fromEntries(values) as Omit<SessionRecord, 'id'>) };
}

function fieldValue(name: FieldName, text: string): unknown {
  const kind = recordFields[name];
  if (kind === 'text') return text;
  return kind === 'json' ? JSON.parse(text) : Number(text);
}

/** Returns whether the session can still be refreshed. */
export function isLive(record: SessionRecord, now: number): boolean {
  return record.revoked === undefined && now < record.idleExpiresAt && now < record.absoluteExpiresAt;
}
