import { fieldTexts, recordFields, recordFromTexts, revokedUntil, type SessionRecord } from '../session-record.js';

/** A row of a query, by column. */
export type SqlRow = Readonly<Record<string, unknown>>;

const fields = Object.keys(recordFields).map(name => ({
  name,
  column: name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
}));

/** The columns of the table of sessions, in the order of {@link sessionValues}. */
export const sessionColumns: readonly string[] = ['id', ...fields.map(({ column }) => column), 'drop_at'];

/** Represents a record as the values of its row. A database converts the texts of numbers. */
export function sessionValues(record: SessionRecord, now: number): (string | number | null)[] {
  const texts = new Map(fieldTexts(record));
  const dropAt = record.revoked === undefined ? record.absoluteExpiresAt : revokedUntil(record, now);
  return [record.id, ...fields.map(({ name }) => texts.get(name) ?? null), dropAt];
}

/** Reads a record from a row. Returns `undefined` if there is no row, or if the record cannot be read. */
export function sessionOfRow(row: SqlRow | undefined): SessionRecord | undefined {
  if (row === undefined) return undefined;
  const texts = fields.flatMap(({ name, column }): [string, string][] => {
    const value = row[column];
    return value === null || value === undefined ? [] : [[name, String(value)]];
  });
  return recordFromTexts(String(row['id']), new Map(texts));
}

/** Reads records from rows, without those that cannot be read. */
export function sessionsOfRows(rows: readonly SqlRow[]): SessionRecord[] {
  return rows.flatMap(row => sessionOfRow(row) ?? []);
}

/** The number of rows whose time has come that a login deletes, so that ended sessions need no timer. */
export const droppedPerLogin = 10;
