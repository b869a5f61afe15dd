import { revokedRetentionSeconds } from '../session-record.js';
import { droppedPerLogin, sessionColumns } from './sql-record.js';

/*
 * The statements of `postgresStore()`. Each statement has one instant, on the clock of the database.
 */

const now = 'floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint';
const notBefore = 'coalesce((SELECT not_before FROM auth_users u WHERE u.sub = s.sub), 0)';
const isLive = `s.revoked IS NULL AND s.idle_expires_at > ${now} AND s.absolute_expires_at > ${now} AND s.valid_from > ${notBefore}`;
const dropAt = `least(${now} + ${revokedRetentionSeconds * 1000}, s.absolute_expires_at)`;

/** $1: ID. Returns the record, `now` and `not_before`. */
export const find = `SELECT s.*, ${now} AS now, ${notBefore} AS not_before FROM auth_sessions s WHERE s.id = $1 AND s.drop_at > ${now}`;

/** $1: user. Returns `now` and `not_before`. */
export const state = `SELECT ${now} AS now, (SELECT not_before FROM auth_users WHERE sub = $1) AS not_before`;

/**
 * Values: the columns of the new record, then the maximum number of other sessions of its user. Deletes some rows whose time has come.
 * Returns the sessions that were revoked.
 */
export const create = `
WITH evicted AS (
  UPDATE auth_sessions s SET revoked = 'too_many_sessions', drop_at = ${dropAt} WHERE s.id IN (
    SELECT s.id FROM auth_sessions s WHERE s.sub = $2 AND ${isLive} ORDER BY s.idle_expires_at DESC OFFSET $${sessionColumns.length + 1}
  ) RETURNING s.*
), dropped_sessions AS (
  DELETE FROM auth_sessions WHERE id IN (
    SELECT id FROM auth_sessions WHERE drop_at <= ${now} AND id <> $1 LIMIT ${droppedPerLogin} FOR UPDATE SKIP LOCKED
  )
), dropped_users AS (
  DELETE FROM auth_users WHERE sub IN (
    SELECT sub FROM auth_users WHERE drop_at <= ${now} LIMIT ${droppedPerLogin} FOR UPDATE SKIP LOCKED
  )
), created AS (
  INSERT INTO auth_sessions (${sessionColumns.join()}) VALUES (${sessionColumns.map((_, index) => `$${index + 1}`).join()})
)
SELECT * FROM evicted`;

/**
 * Stores the result of a rotation, unless the record has changed since it was read. $1 to $3: ID, generation and `valid_from` as
 * they were read. $4 to $9: the new values. Returns a row if the result was stored.
 */
export const rotate = `
UPDATE auth_sessions SET generation = $4, rotated_at = $5, idle_expires_at = $6, last_address = $7, revoked = $8, drop_at = $9
WHERE id = $1 AND generation = $2 AND valid_from = $3 AND revoked IS NULL
RETURNING id`;

/** $1: ID, $2: reason. Returns the record if it was live. */
export const revoke = `UPDATE auth_sessions s SET revoked = $2, drop_at = ${dropAt} WHERE s.id = $1 AND ${isLive} RETURNING s.*`;

/** $1: user. Returns the live sessions, oldest first. */
export const ofUser = `SELECT s.* FROM auth_sessions s WHERE s.sub = $1 AND ${isLive} ORDER BY s.created_at`;

/** $1: user, $2: reason, $3: the session to keep, or `null`. Returns the sessions that were revoked. */
export const revokeOthers = `
UPDATE auth_sessions s SET revoked = $2, drop_at = ${dropAt}
WHERE s.sub = $1 AND ${isLive} AND s.id IS DISTINCT FROM $3
RETURNING s.*`;

/** $1: user, $2: how long to remember it (ms). Returns the new `not_before`. */
export const advanceNotBefore = `
INSERT INTO auth_users AS u (sub, not_before, drop_at) VALUES ($1, ${now}, ${now} + $2::bigint)
ON CONFLICT (sub) DO UPDATE SET not_before = greatest(excluded.not_before, u.not_before + 1), drop_at = excluded.drop_at
RETURNING not_before`;

/** $1: user, $2: ID, $3: `valid_from`. */
export const keep = 'UPDATE auth_sessions SET valid_from = $3 WHERE sub = $1 AND id = $2 AND revoked IS NULL';

/** $1: cursor, $2: number of rows. */
export const page = `SELECT s.* FROM auth_sessions s WHERE s.id > $1 AND ${isLive} ORDER BY s.id LIMIT $2`;

/** Fails if the database does not accept writes. */
export const check = 'UPDATE auth_schema SET version = version RETURNING version';
