/** Why a family of refresh tokens may no longer be used. */
export type RevocationReason =
  | 'reuse_detected'
  | 'logged_out'
  | 'account_refused'
  | 'all_sessions_revoked'
  | 'too_many_sessions';

/**
 * One login and every refresh token that descends from it. Instants are epoch milliseconds on the store's clock.
 *
 * The record holds nothing that could be presented: a refresh token is derived from `id` and `generation` with a
 * key the store does not have.
 */
export interface RefreshFamily {
  readonly id: string;
  readonly sub: string;
  /** Absent when the login was not bound to a client. */
  readonly clientId?: string;
  /** Granted at login, space-separated; empty when the application uses no scopes. */
  readonly scope: string;
  /** When the user proved who they are; a refresh does not move it. */
  readonly authenticatedAt: number;
  /** The generation of the one refresh token that is current. The first is 1. */
  readonly generation: number;
  readonly createdAt: number;
  /** Of the latest refresh; of the login where there was none. */
  readonly rotatedAt: number;
  /** Put off by every refresh, up to `absoluteExpiresAt`. */
  readonly idleExpiresAt: number;
  /** Fixed at login, never extended. */
  readonly absoluteExpiresAt: number;
  /** Absent while it can be used. */
  readonly revoked?: RevocationReason;
  /** What a list of sessions shows: device name, address, … */
  readonly meta: Readonly<Record<string, string>>;
}

/** A refresh token whose integrity was checked, and the rules it is measured by. */
export interface Presentation {
  readonly generation: number;
  /** How long the immediate predecessor still yields its successor after a rotation; 0 switches that off. */
  readonly graceSeconds: number;
  readonly idleLifetimeSeconds: number;
}

/**
 * What became of a presented refresh token. `family` is the record afterwards; the *same object* means nothing was
 * written.
 */
export type Rotation =
  /** It was current; its successor is. */
  | { readonly outcome: 'rotated'; readonly family: RefreshFamily }
  /** It is the predecessor and its answer was probably lost: hand out the same successor again. */
  | { readonly outcome: 'grace'; readonly family: RefreshFamily }
  /** It is one ahead of the record: the store lost the last rotation in a failover. Treated as current. */
  | { readonly outcome: 'fast_forwarded'; readonly family: RefreshFamily }
  /** It was traded in before: somebody holds a copy. The whole family is revoked. */
  | { readonly outcome: 'reuse_detected'; readonly family: RefreshFamily }
  | { readonly outcome: 'revoked'; readonly family: RefreshFamily }
  | { readonly outcome: 'expired'; readonly family: RefreshFamily }
  /** It is further ahead than one lost rotation explains. */
  | { readonly outcome: 'unissued'; readonly family: RefreshFamily }
  | { readonly outcome: 'unknown' };

/**
 * Decides what a presented refresh token is worth.
 *
 * | presented          | meaning                         |
 * |--------------------|---------------------------------|
 * | current            | rotate                          |
 * | current − 1, grace | the same successor again        |
 * | current + 1        | rotate, the store fell behind   |
 * | any older          | reuse: revoke the family        |
 * | any newer          | refuse, write nothing           |
 *
 * Using a successor makes its predecessor two generations old, so grace ends by itself at that moment.
 *
 * @param now epoch milliseconds on the store's clock
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export function rotation(family: RefreshFamily | undefined, presented: Presentation, now: number): Rotation {
  if (family === undefined) return { outcome: 'unknown' };
  if (family.revoked !== undefined) return { outcome: 'revoked', family };
  if (now >= family.idleExpiresAt || now >= family.absoluteExpiresAt) return { outcome: 'expired', family };

  const ahead = presented.generation - family.generation;
  if (ahead > 1) return { outcome: 'unissued', family };
  if (ahead === 1) return { outcome: 'fast_forwarded', family: advanced(family, presented, now) };
  if (ahead === 0) return { outcome: 'rotated', family: advanced(family, presented, now) };
  if (ahead === -1 && now - family.rotatedAt < presented.graceSeconds * 1000) return { outcome: 'grace', family };
  return { outcome: 'reuse_detected', family: { ...family, revoked: 'reuse_detected' } };
}

/** Whether the family can still be refreshed. */
export function isLive(family: RefreshFamily, now: number): boolean {
  return family.revoked === undefined && now < family.idleExpiresAt && now < family.absoluteExpiresAt;
}

function advanced(family: RefreshFamily, presented: Presentation, now: number): RefreshFamily {
  return {
    ...family,
    generation: presented.generation + 1,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + presented.idleLifetimeSeconds * 1000, family.absoluteExpiresAt),
  };
}
