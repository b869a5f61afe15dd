import type { SessionChange } from './session-state.js';

/** Calls listeners with every change, in the order of changes. */
export class ChangeListeners<Change = SessionChange> {
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly pending: Change[] = [];

  /** @param onError called with what a listener throws. The other listeners are still called. */
  constructor(private readonly onError: (error: unknown) => void) {}

  get isEmpty(): boolean {
    return this.listeners.size === 0;
  }

  /** Returns a function that removes the listener. */
  add(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A change that a listener causes is passed on after all listeners have been called with the first change. */
  notify(change: Change): void {
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

  private call(listener: (change: Change) => void, change: Change): void {
    try {
      listener(change);
    } catch (error) {
      this.onError(error);
    }
  }
}
