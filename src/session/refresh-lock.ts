import type { Claim, Shared, SharedRecord } from './shared-record.js';
import { type After, pause, timeLimit } from './time-limit.js';

/** The part of the Web Locks API that is used here. @see https://w3c.github.io/web-locks/ */
export interface Locks {
  request<T>(name: string, options: { signal: AbortSignal }, callback: () => Promise<T>): Promise<T>;
}

export interface RefreshLockOptions {
  readonly name: string;
  /** Who asks: a name no other tab has. */
  readonly holder: string;
  /** Absent where the browser has none or the page is not a secure context. */
  readonly locks?: Locks | undefined;
  readonly shared: SharedRecord;
  readonly after: After;
  /** Longest time to queue for the Web Lock: its holder may be frozen. */
  readonly waitMs: number;
  /** Longest time a refresh may take; after it the holder counts as gone. */
  readonly holdMs: number;
}

export interface Turn<T> {
  /** Stops the waiting for the turn. */
  readonly abort: AbortSignal;
  /** Looks at what other tabs did meanwhile; an answer other than `undefined` makes the work unnecessary. */
  settled(shared: Shared): T | undefined;
  /** Done by one tab of the browser at a time. Must settle within `holdMs`, and must not call application code that waits. */
  work(): Promise<T>;
}

const pollMs = 250;

/**
 * One refresh per browser. The Web Lock is a queue that a closed tab leaves by itself; the lease in the shared record is what
 * excludes. So a holder that is frozen delays others for a bounded time, and of those who then come without the lock, one goes.
 */
export class RefreshLock {
  constructor(private readonly options: RefreshLockOptions) {}

  /** @throws whatever the work throws; rejects when the turn is aborted before its work begins */
  async run<T>(turn: Turn<T>): Promise<T> {
    const { locks, name, after, waitMs } = this.options;
    if (!locks) return this.held(turn, false);
    const { signal, lift } = timeLimit(after, waitMs, turn.abort);
    let entered = false;
    try {
      return await locks.request(name, { signal }, () => {
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
    const { shared, holder, holdMs, after } = this.options;
    for (;;) {
      const claim: Claim = await shared.claim(holder, holdMs, underLock);
      try {
        if (turn.abort.aborted) throw turn.abort.reason;
        const settled = turn.settled(claim);
        if (settled !== undefined) return settled;
        if (claim.heldForMs === 0) return await turn.work();
      } finally {
        await shared.release(holder);
      }
      await pause(after, Math.min(claim.heldForMs, pollMs), turn.abort);
    }
  }
}
