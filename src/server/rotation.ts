import type { SessionRecord } from './session-record.js';

/** An authentic refresh token that a client presents, and the rules for its rotation. */
export interface RotationRequest {
  /** The generation of the presented refresh token. */
  readonly generation: number;
  /** How long after a rotation the predecessor still yields its successor. 0 disables it. */
  readonly graceSeconds: number;
  readonly idleLifetimeSeconds: number;
}

/** The result of presenting a refresh token. `record` is the state afterwards; an unchanged object was not written. */
export type Rotation =
  /** The token was current, and its successor is current now. */
  | { readonly outcome: 'rotated'; readonly record: SessionRecord }
  /** The token is the predecessor of the current one. Its response was probably lost, so the same successor is sent again. */
  | { readonly outcome: 'repeated'; readonly record: SessionRecord }
  /** The token is one generation ahead, because the store lost the last rotation. It was rotated like a current one. */
  | { readonly outcome: 'fast_forwarded'; readonly record: SessionRecord }
  /** The token was used before, so a copy of it exists. The session was revoked. */
  | { readonly outcome: 'reuse_detected'; readonly record: SessionRecord }
  | { readonly outcome: 'revoked'; readonly record: SessionRecord }
  | { readonly outcome: 'expired'; readonly record: SessionRecord }
  /** The token is more than one generation ahead of the record. */
  | { readonly outcome: 'unissued'; readonly record: SessionRecord }
  | { readonly outcome: 'unknown' };

/**
 * Decides the result of presenting a refresh token.
 *
 * | presented generation | result                        |
 * |----------------------|-------------------------------|
 * | current              | rotate                        |
 * | current − 1, grace   | send the same successor again |
 * | current + 1          | rotate; the store is behind   |
 * | older                | reuse: revoke the session     |
 * | newer                | reject, write nothing         |
 *
 * Using the successor makes its predecessor two generations old, which ends the grace period.
 *
 * @param now epoch milliseconds on the store's clock
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export function rotation(record: SessionRecord | undefined, request: RotationRequest, now: number): Rotation {
  if (record === undefined) return { outcome: 'unknown' };
  if (record.revoked !== undefined) return { outcome: 'revoked', record };
  if (now >= record.idleExpiresAt || now >= record.absoluteExpiresAt) return { outcome: 'expired', record };

  const ahead = request.generation - record.generation;
  if (ahead > 1) return { outcome: 'unissued', record };
  if (ahead === 1) return { outcome: 'fast_forwarded', record: rotated(record, request, now) };
  if (ahead === 0) return { outcome: 'rotated', record: rotated(record, request, now) };
  if (ahead === -1 && now - record.rotatedAt < request.graceSeconds * 1000) return { outcome: 'repeated', record };
  return { outcome: 'reuse_detected', record: { ...record, revoked: 'reuse_detected' } };
}

function rotated(record: SessionRecord, request: RotationRequest, now: number): SessionRecord {
  return {
    ...record,
    generation: request.generation + 1,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + request.idleLifetimeSeconds * 1000, record.absoluteExpiresAt),
  };
}
