import { attempt } from './attempt.js';
import type { ServerClock } from './server-clock.js';
import { endedRecord, liveRecord, readRecord, type Stored } from './session-record.js';
import { type EndedSession, isLive, type LiveSession, supersedes } from './session-state.js';
import type { TokenStore } from './token-store.js';

/** The record in the token store. Only a later version replaces it, as in every other store. */
export class StoredSession {
  constructor(
    private readonly store: Required<TokenStore>,
    private readonly clock: ServerClock,
  ) {}

  read(): Stored {
    return this.parse(this.store.read());
  }

  /** Returns the session of the last page load. Removes an unreadable record. */
  restore(): LiveSession | undefined {
    const stored = this.read();
    if (stored.kind === 'unreadable') this.store.remove();
    return isLive(stored.session) ? stored.session : undefined;
  }

  /** Writes tokens. */
  write(live: LiveSession): void {
    const stored = this.read();
    if (stored.kind === 'newer' || !isLater(live, stored)) return;
    this.store.write(JSON.stringify(liveRecord(live, this.clock)));
  }

  /**
   * Writes the end before it removes the record, so that other tabs learn the reason. Only a logout in this tab removes the
   * record of a later version of this library.
   */
  end(ended: EndedSession): void {
    const stored = this.read();
    if (stored.kind === 'newer' ? ended.ended !== 'requested' : !isLater(ended, stored)) return;
    this.store.write(JSON.stringify(endedRecord(ended)));
    this.store.remove();
  }

  /** Removes a record that was written after its session had ended elsewhere. */
  remove(ended: EndedSession): void {
    const stored = this.read();
    if (stored.session && isLater(ended, stored)) this.store.remove();
  }

  watch(onChange: (stored: Stored) => void): () => void {
    return this.store.watch(text => onChange(this.parse(text)));
  }

  private parse(text: string | undefined): Stored {
    const value: unknown = text === undefined ? undefined : attempt(() => JSON.parse(text), text);
    return readRecord(value, this.clock);
  }
}

function isLater(session: LiveSession | EndedSession, stored: Stored): boolean {
  return !stored.session || supersedes(session, stored.session);
}
