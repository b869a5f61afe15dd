import { type Client, type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

/** Minimal client: sets the header on every request; one shared refresh after expiry. */
class Floor implements Client {
  protected header = '';
  protected expiresAt = 0;
  private refreshToken = '';
  private refreshing: Promise<void> | undefined;

  constructor() {
    const stored = localStorage.getItem('hand-written');
    if (stored !== null) Object.assign(this, JSON.parse(stored));
  }

  logIn({ access_token, refresh_token, expires_in }: Tokens): void {
    this.header = `Bearer ${access_token}`;
    this.refreshToken = refresh_token;
    this.expiresAt = Date.now() + expires_in * 1000;
    const { header, refreshToken, expiresAt } = this;
    localStorage.setItem('hand-written', JSON.stringify({ header, refreshToken, expiresAt }));
  }

  logOut(): void {
    this.header = '';
    localStorage.removeItem('hand-written');
  }

  authorize(request: Request): Request | Promise<Request> {
    request.headers.set('Authorization', this.header);
    return request;
  }

  async send(url: string, init?: RequestInit): Promise<Response> {
    if (Date.now() >= this.expiresAt) await this.refresh();
    return fetch(await this.authorize(new Request(url, init)));
  }

  refresh(): Promise<void> {
    this.refreshing ??= this.refresher().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  isSignedIn(): boolean {
    return this.header !== '';
  }

  accessToken(): string | undefined {
    return this.header.slice('Bearer '.length) || undefined;
  }

  protected async refresher(): Promise<void> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: this.refreshToken,
    });
    this.logIn(await (await fetch(tokenPath, { method: 'POST', body })).json());
  }
}

/** Minimal client that sends the token only to the page's own origin, and never an expired one. */
export class CheckedFloor extends Floor {
  private readonly prefix = `${location.origin}/`;

  override authorize(request: Request): Request | Promise<Request> {
    if (!request.url.startsWith(this.prefix)) return request;
    if (Date.now() >= this.expiresAt) return this.refresh().then(() => super.authorize(request));
    request.headers.set('Authorization', this.header);
    return request;
  }
}

/**
 * Minimal client with the least that keeps tabs from refreshing twice, without a check: a Web Lock, and a record in IndexedDB that
 * says that a refresh was sent.
 */
class LockedFloor extends Floor {
  protected override refresher(): Promise<void> {
    const database = openDatabase();
    return navigator.locks.request('hand-written', async () => {
      await write(await database, 'sent');
      await super.refresher();
      await write(await database, 'done');
    });
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('hand-written');
    request.onupgradeneeded = () => request.result.createObjectStore('refreshes');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when the write is decided, as ours does. */
function write(database: IDBDatabase, value: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const store = database.transaction('refreshes', 'readwrite').objectStore('refreshes');
    const read = store.get('latest');
    read.onerror = () => reject(read.error);
    read.onsuccess = () => {
      store.put(value, 'latest');
      resolve();
    };
  });
}

export const floor: ClientKind = { name: 'hand-written', open: () => new Floor() };
export const lockedFloor: ClientKind = {
  name: 'hand-written, with a lock and a record of its refreshes',
  open: () => new LockedFloor(),
};
export const checkedFloor: ClientKind = {
  name: 'hand-written, expiry and origin checked',
  open: () => new CheckedFloor(),
};
