import type { SessionChange } from './session-state.js';

/** Calls listeners with every change, in the order of changes. */
export class ChangeListeners {
  private readonly listeners = new Set<(change: SessionChange) => void>();
  private readonly pending: SessionChange[] = [];

  /** @param onError called with what a listener throws. The other listeners are still called. */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** Returns a function that removes the listener. */
  add(listener: (change: SessionChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A change that a listener causes is passed on after all listeners have been called with the first change. */
  notify(change: SessionChange): void {
    if (this.pending.push(change) > 1) return;
    try {
      for (const next of this.pending) for (const listener of [...this.listeners]) this.call(listener, next);
    } finally {
      this.pending.length = 0;
    }
  }

  clear(): void {
    this.listeners.clear();
  }

  private call(listener: (change: SessionChange) => void, change: SessionChange): void {
    try {
      listener(change);
    } catch (error) {
      this.onError(error);
    }
  }
}
