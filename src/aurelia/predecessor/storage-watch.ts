import type { Session, TokenResponseReader, TokenStore } from '../../core.js';
import { isSessionRecord, predecessorStore } from './predecessor-store.js';

/** Notices what the app itself writes to the storage of the session, or removes from it. */
export class StorageWatch {
  private store: TokenStore | undefined;
  private known: string | undefined;
  private changed: ((text: string | undefined) => void) | undefined;

  /** Returns the store for the session, in the format of aurelia-authentication. */
  attach(store: TokenStore, read: TokenResponseReader, wall: () => number): TokenStore {
    this.store = store;
    this.known = this.text();
    const keep = (text: string | undefined): void => {
      this.known = text;
    };
    return predecessorStore(
      {
        read: () => store.read(),
        write: text => {
          store.write(text);
          keep(text);
        },
        remove: () => {
          store.remove();
          keep(undefined);
        },
        watch: onChange => {
          this.changed = onChange;
          return (
            store.watch?.(text => {
              keep(text);
              onChange(text);
            }) ?? (() => undefined)
          );
        },
      },
      read,
      wall,
    );
  }

  /** Whether the storage holds something else than the session wrote there. */
  hasChanged(): boolean {
    return this.store !== undefined && this.text() !== this.known;
  }

  /** Takes over what the storage holds: a record of a session, a token response that starts one, or nothing. */
  apply(session: Session): void {
    const text = this.text();
    this.known = text;
    const value = parsed(text);
    if (typeof value === 'object' && value !== null && !isSessionRecord(value)) this.logIn(session, value);
    else this.changed?.(text);
  }

  private logIn(session: Session, response: object): void {
    try {
      session.logIn(response);
    } catch {
      session.logOut('storage_cleared');
    }
  }

  /** A blocked storage holds what it held before. */
  private text(): string | undefined {
    try {
      return this.store?.read();
    } catch {
      return this.known;
    }
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
