import type { ServerClock } from './server-clock.js';
import type { SessionPorts } from './session-ports.js';
import {
  type EndedSession,
  isLive,
  isLoggedIn,
  type LiveSession,
  type SessionEvent,
  type SessionState,
} from './session-state.js';
import { type Shared, SharedRecord } from './shared-record.js';
import { StoredSession } from './stored-session.js';
import { resilientStore } from './token-store.js';

/** A state that is not `unknown`. */
export type KnownState = Exclude<SessionState, { status: 'unknown' }>;

/** What is written on an event, and by which part. */
interface RecordWrite {
  /** What the session writes to the token store. */
  readonly store: 'tokens' | 'tokens or removal' | 'end' | 'nothing';
  /** Which part writes the record that tabs share. The refresher and another tab write it before the event. */
  readonly shared: 'session' | 'refresher' | 'other tab' | 'none';
}

const recordWrites: Readonly<Record<SessionEvent['type'], RecordWrite>> = {
  restored: { store: 'nothing', shared: 'none' },
  adopted: { store: 'tokens or removal', shared: 'other tab' },
  'logged-in': { store: 'tokens', shared: 'session' },
  'refresh-started': { store: 'nothing', shared: 'refresher' },
  refreshed: { store: 'tokens', shared: 'refresher' },
  'refresh-postponed': { store: 'nothing', shared: 'refresher' },
  'refresh-failed': { store: 'end', shared: 'session' },
  'logged-out': { store: 'end', shared: 'session' },
};

/** Writes the records of a session: the one in the token store, and the one that tabs share. */
export class SessionRecords {
  constructor(
    readonly stored: StoredSession,
    readonly shared: SharedRecord,
  ) {}

  /** Returns the session of the last page load. The browser opens the shared record in another process meanwhile. */
  restore(): LiveSession | undefined {
    this.shared.open();
    return this.stored.restore();
  }

  /**
   * Writes what an event changes: the token store at once, the shared record in the background.
   *
   * @returns the version in the shared record afterwards; `undefined` if another part writes it
   */
  write(event: SessionEvent, state: KnownState): Promise<LiveSession | EndedSession> | undefined {
    const { store, shared } = recordWrites[event.type];
    if (store !== 'nothing') {
      if (isLoggedIn(state)) this.stored.write(state);
      else if (store === 'end') this.stored.end(state);
      else this.stored.remove(state);
    }
    return shared === 'session' ? this.publish(state) : undefined;
  }

  /** Writes the tokens again if the browser lost them. Returns `false` if the user, the browser or a script removed them. */
  keep(live: LiveSession, { session, isLost }: Shared): boolean {
    const isAbsent = this.stored.read().kind === 'absent';
    if (isAbsent && !isLost && !(this.shared.wasLost && isLive(session))) return false;
    this.stored.write(live);
    return true;
  }

  private async publish(state: KnownState): Promise<LiveSession | EndedSession> {
    const published = await this.shared.publish(state);
    if (!isLoggedIn(state)) this.stored.remove(state);
    return published;
  }
}

/** Creates the records of a session. @param onError called with errors of the token store, which are non-fatal */
export function sessionRecords(
  ports: SessionPorts,
  clock: ServerClock,
  onError: (error: unknown) => void,
): SessionRecords {
  const stored = new StoredSession(resilientStore(ports.store, onError), clock);
  const holder = `${ports.clock.wall()}.${ports.random()}`;
  return new SessionRecords(stored, new SharedRecord(ports.atomicStore, clock, holder));
}
