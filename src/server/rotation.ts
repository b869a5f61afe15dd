import { type SessionRecord, withNotBefore } from './session-record.js';

/** An authentic refresh token that a client presents, and the rules for its rotation. */
export interface RotationRequest {
  /** The generation of the presented refresh token. */
  readonly generation: number;
  /**
   * How long after a rotation the predecessor still yields its successor. If unset, until the successor is used. 0 disables it.
   */
  readonly graceSeconds?: number | undefined;
  readonly idleLifetimeSeconds: number;
  /** The client's IP address. Stored as `lastAddress` if the token is rotated. */
  readonly address?: string | undefined;
}

/** The result of presenting a refresh token. `record` is the state at the instant `at`; an unchanged object was not written. */
export type Rotation =
  /** The token was current, and its successor is current now. */
  | { readonly outcome: 'rotated'; readonly record: SessionRecord; readonly at: number }
  /** The token is the predecessor of the current one, which was not used yet. The response was lost, and is repeated. */
  | { readonly outcome: 'repeated'; readonly record: SessionRecord; readonly at: number }
  /** The token is newer than the record, because the store lost rotations. It was rotated like a current one. */
  | { readonly outcome: 'fast_forwarded'; readonly record: SessionRecord; readonly at: number }
  /** The token was used before, so a copy of it exists. The session was revoked. */
  | { readonly outcome: 'reuse_detected'; readonly record: SessionRecord; readonly at: number }
  | { readonly outcome: 'revoked'; readonly record: SessionRecord; readonly at: number }
  | { readonly outcome: 'expired'; readonly record: SessionRecord; readonly at: number }
  | { readonly outcome: 'unknown' };

/**
 * Decides the result of presenting a refresh token.
 *
 * | presented generation | result                                                      |
 * |----------------------|-------------------------------------------------------------|
 * | current              | rotate                                                      |
 * | current − 1          | repeat the response, within `graceSeconds`                  |
 * | older                | reuse: revoke the session                                   |
 * | newer                | rotate: the issuer made the token, and the store lost it    |
 *
 * Using the successor makes its predecessor two generations old, so that it is reuse from then on.
 *
 * @param now epoch milliseconds on the store's clock
 * @param notBefore the instant of the user's last `revokeAll`, in epoch milliseconds on the store's clock
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export function rotation(
  stored: SessionRecord | undefined,
  request: RotationRequest,
  now: number,
  notBefore?: number,
): Rotation {
  if (stored === undefined) return { outcome: 'unknown' };
  const record = withNotBefore(stored, notBefore);
  if (record.revoked !== undefined) return { outcome: 'revoked', record, at: now };
  if (now >= record.idleExpiresAt || now >= record.absoluteExpiresAt) return { outcome: 'expired', record, at: now };

  const ahead = request.generation - record.generation;
  if (ahead >= 0) {
    const outcome = ahead === 0 ? 'rotated' : 'fast_forwarded';
    return { outcome, record: rotated(record, request, now), at: now };
  }
  if (ahead === -1 && isInGrace(record, request, now)) return { outcome: 'repeated', record, at: now };
  return { outcome: 'reuse_detected', record: { ...record, revoked: 'reuse_detected' }, at: now };
}

function isInGrace(record: SessionRecord, { graceSeconds }: RotationRequest, now: number): boolean {
  return graceSeconds === undefined || now - record.rotatedAt < graceSeconds * 1000;
}

function rotated(record: SessionRecord, request: RotationRequest, now: number): SessionRecord {
  return {
    ...record,
    generation: request.generation + 1,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + request.idleLifetimeSeconds * 1000, record.absoluteExpiresAt),
    ...(request.address === undefined ? {} : { lastAddress: request.address }),
  };
}
