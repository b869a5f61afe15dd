import type { Claim, Shared, SharedRecord } from './shared-record.js';
import { type After, pause, timeLimit } from './time-limit.js';

/** The part of the Web Locks API that is used here. @see https://w3c.github.io/web-locks/ */
export interface Locks {
  request<T>(name: string, options: { signal: AbortSignal }, callback: () => Promise<T>): Promise<T>;
}

export interface RefreshLockPorts {
  /** Absent where the browser has none or the page is not a secure context. */
  readonly locks?: Locks | undefined;
  readonly lockName: string;
  readonly after: After;
}

export interface Turn<T> {
  /** Stops the waiting for the turn. */
  readonly abort: AbortSignal;
  /** Looks at what other tabs did meanwhile; an answer other than `undefined` makes the work unnecessary. */
  settled(shared: Shared): T | undefined;
  /** Done by one tab of the browser at a time. Must settle within `holdMs`, and must not call application code that waits. */
  work(): Promise<T>;
}

/** Longest time to queue for the Web Lock: its holder may be frozen. */
const queueMs = 10_000;
const pollMs = 250;

/**
 * One refresh per browser. The Web Lock is a queue that a closed tab leaves by itself; the lease in the shared record is what
 * excludes. So a holder that is frozen delays others for a bounded time, and of those who then come without the lock, one goes.
 */
export class RefreshLock {
  /** @param holdMs longest time a refresh may take; after it the holder counts as gone */
  constructor(
    private readonly ports: RefreshLockPorts,
    private readonly shared: SharedRecord,
    private readonly holdMs: number,
  ) {}

  /** @throws whatever the work throws; rejects when the turn is aborted before its work begins */
  async run<T>(turn: Turn<T>): Promise<T> {
    const { locks, lockName, after } = this.ports;
    if (!locks) return this.held(turn, false);
    const { signal, lift } = timeLimit(after, queueMs, turn.abort);
    let entered = false;
    try {
      return await locks.request(lockName, { signal }, () => {
        entered = true;
        lift();
        return this.held(turn, true);
      });
    } catch (error) {
      if (entered || turn.abort.aborted) throw error;
      return await this.held(turn, false);
    } finally {
      lift();
    }
  }

  private async held<T>(turn: Turn<T>, underLock: boolean): Promise<T> {
    for (;;) {
      const claim: Claim = await this.shared.claim(this.holdMs, underLock);
      try {
        if (turn.abort.aborted) throw turn.abort.reason;
        const settled = turn.settled(claim);
        if (settled !== undefined) return settled;
        if (claim.heldForMs === 0) return await turn.work();
      } finally {
        await this.shared.release();
      }
      await pause(this.ports.after, Math.min(claim.heldForMs, pollMs), turn.abort);
    }
  }
}
