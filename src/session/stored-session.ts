import { attempt } from './attempt.js';
import type { ServerClock } from './server-clock.js';
import { endedRecord, liveRecord, readRecord, type Stored } from './session-record.js';
import { type EndedSession, isLive, type LiveSession, supersedes } from './session-state.js';
import type { TokenStore } from './token-store.js';

/** The session's copy in the token store, under the same rule as all others: only a later version replaces it. */
export class StoredSession {
  constructor(
    private readonly store: Required<TokenStore>,
    private readonly clock: ServerClock,
  ) {}

  read(): Stored {
    return this.parse(this.store.read());
  }

  /** What was stored at the start. What cannot be read is removed, so that it is in nobody's way again. */
  restore(): LiveSession | undefined {
    const stored = this.read();
    if (stored.kind === 'unreadable') this.store.remove();
    return isLive(stored.session) ? stored.session : undefined;
  }

  keep(live: LiveSession): void {
    const stored = this.read();
    if (stored.kind === 'newer' || !isLater(live, stored)) return;
    this.store.write(JSON.stringify(liveRecord(live, this.clock)));
  }

  /** Writes the end before it removes the record, so that other tabs hear of the reason and not only of a removal. */
  end(ended: EndedSession): void {
    const stored = this.read();
    const isAsked = ended.ended === 'requested';
    if (stored.kind === 'newer' ? !isAsked : !isLater(ended, stored)) return;
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
