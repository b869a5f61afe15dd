import {
  AuthError,
  Bearer,
  browserPorts,
  protectedUrls,
  Session,
  type SessionChange,
  type SessionState,
} from '../../src/core.js';
import { type LaterVersion, laterVersionPorts } from './later-version.js';
import { moment } from './moment.js';
import { everythingStored, throughDatabase } from './page-storage.js';
import { obeyAddress } from './steered-page.js';

/** Script of a tab: sessions on the real browser's APIs, and commands for specs. Results are plain data. */

export interface TabOptions {
  readonly storage?: string;
  readonly storageKey?: string;
  /** @default '/auth/login' */
  readonly refreshUrl?: string;
  /** Path prefix of protected URLs. @default '/api' */
  readonly api?: string;
  readonly headerName?: string;
  readonly timeoutSeconds?: number;
  readonly tokenWaitSeconds?: number;
  /** Reads and writes records as a later version of this library does. */
  readonly laterVersion?: LaterVersion;
  /** Clock offset of all tabs when this one was opened, in ms. */
  readonly aheadMs?: number;
}

/** Outcome of a promise, as plain data. */
export interface Outcome<T> {
  readonly value?: T;
  /** The code of an `AuthError`, the name of any other error. */
  readonly error?: string;
  readonly message?: string;
}

export interface Standing {
  readonly status: SessionState['status'];
  readonly ended?: string;
  readonly epoch?: number;
  readonly generation?: number;
  readonly subject?: unknown;
  readonly degraded?: boolean;
  readonly accessToken?: string;
}

export class Tab {
  readonly session: Session;
  readonly bearer: Bearer;
  /** Types of the session's events, in order. An end includes its reason. */
  readonly events: string[] = [];
  readonly faults: string[] = [];
  private aheadMs: number;

  constructor(options: TabOptions = {}) {
    this.aheadMs = options.aheadMs ?? 0;
    const onError = (fault: unknown) => this.faults.push(String(fault));
    const browser = browserPorts({
      onError,
      ...(options.storage !== undefined && { storage: options.storage }),
      ...(options.storageKey !== undefined && { storageKey: options.storageKey }),
    });
    const { laterVersion } = options;
    const ports = laterVersion === undefined ? browser : laterVersionPorts(browser, laterVersion);
    const { clock } = ports;
    const { timeoutSeconds = 10, tokenWaitSeconds = 10 } = options;
    this.session = new Session(
      { refresh: { url: options.refreshUrl ?? '/auth/login', timeoutSeconds }, tokenWaitSeconds, onError },
      { ...ports, clock: { wall: () => clock.wall() + this.aheadMs, monotonic: clock.monotonic } },
    );
    this.session.subscribe(change => this.events.push(named(change)));
    this.bearer = new Bearer(this.session, {
      protects: protectedUrls([options.api ?? '/api'], document.baseURI),
      fetch: request => fetch(request),
      ...(options.headerName !== undefined && { headerName: options.headerName }),
    });
  }

  logIn(body: unknown): void {
    this.session.logIn(body);
  }

  logOut(): Standing {
    this.session.logOut();
    return this.standing();
  }

  standing(): Standing {
    const { state } = this.session;
    if (state.status === 'unknown') return { status: state.status };
    if (state.status === 'logged-out') return { status: state.status, ended: state.ended, epoch: state.epoch };
    const { status, epoch, generation, tokens, degraded } = state;
    const { accessToken, claims } = tokens;
    return { status, epoch, generation, subject: claims?.['sub'], degraded: degraded !== undefined, accessToken };
  }

  /** Response status of an API call. */
  call(url = '/api/call', init: RequestInit = {}): Promise<Outcome<number>> {
    return outcome(this.bearer.fetch(url, init).then(({ status }) => status));
  }

  update(): Promise<Outcome<string>> {
    return outcome(this.session.updateToken().then(({ accessToken }) => accessToken));
  }

  /** Refreshes at an instant, unless another tab has completed a whole refresh before. */
  async updateAt(at: number, generation: number): Promise<Outcome<unknown>> {
    await moment(at);
    const { state } = this.session;
    return 'generation' in state && state.generation === generation ? this.update() : {};
  }

  /** Calls the API at an instant. */
  async callAt(at: number): Promise<Outcome<number>> {
    await moment(at);
    return this.call();
  }

  sleep(ms: number): void {
    this.aheadMs += ms;
  }

  /**
   * Refreshes without pause while a user is signed in.
   *
   * @param impatient retries a second after each failure, as a user does; otherwise waits for the session's schedule
   */
  async rotate(impatient: boolean): Promise<void> {
    for (;;) {
      const { error } = await this.update();
      if (error === 'no_session') return;
      if (error) await pause(impatient ? 1000 : 0);
      while (!impatient && this.standing().degraded) await pause(50);
    }
  }

  /** Records in web storage when the page was shown and when its first refresh began, for another page to read. */
  noteStart(): void {
    this.session.subscribe(({ event }) => {
      const [navigation] = performance.getEntriesByType('navigation');
      const shownAt = navigation && 'activationStart' in navigation ? Number(navigation.activationStart) : 0;
      const { transitions } = this.session.diagnose();
      const began = transitions.find(transition => transition.event === 'refresh-started')?.at ?? 0;
      const refreshedAt = began - this.aheadMs - performance.timeOrigin;
      if (event.type === 'refreshed') localStorage.setItem('start', JSON.stringify({ shownAt, refreshedAt }));
    });
  }

  /** A POST with each kind of body. */
  post(kind: keyof typeof bodies): Promise<Outcome<number>> {
    const url = `/api/${kind}`;
    const init = { method: 'POST', body: bodies[kind](), headers: { 'X-Own': 'kept' } };
    return outcome(
      this.bearer.fetch(kind === 'request' ? new Request(url, init) : url, init).then(({ status }) => status),
    );
  }

  /** Uploads a form with a file of random bytes. Resolves to the status of the response and the SHA-256 of the file. */
  async uploadFile(kind: keyof typeof files, size: number): Promise<{ status: number; sha256: string }> {
    const bytes = randomBytes(size);
    const hash = await crypto.subtle.digest('SHA-256', bytes);
    const sha256 = Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('');
    const form = new FormData();
    form.set('file', await files[kind](bytes));
    const { status } = await this.bearer.fetch('/api/file', { method: 'POST', body: form });
    return { status, sha256 };
  }

  /** Uploads an endless stream to a server that responds with 401. Returns how much of the stream was read. */
  async upload(): Promise<{ status: number; chunks: number }> {
    let chunks = 0;
    const body = new ReadableStream({ pull: controller => controller.enqueue(new Uint8Array(1024 * ++chunks)) });
    const fetch = async (request: Request) => {
      const reader = request.body?.getReader();
      for (let read = 0; read < 5; read++) await reader?.read();
      return new Response('', { status: 401 });
    };
    const bearer = new Bearer(this.session, { protects: () => true, fetch });
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
    const { status } = await bearer.fetch('/api/upload', init);
    return { status, chunks };
  }
}

const bodies = {
  json: () => '{"a":"ä"}',
  form: () => new URLSearchParams({ a: '1', b: 'ä&=' }),
  blob: () => new Blob([new Uint8Array([0, 255, 10, 13, 128])], { type: 'application/x-own' }),
  bytes: () => Uint8Array.from({ length: 70_000 }, (_, index) => index % 251).buffer,
  multipart: () => {
    const data = new FormData();
    data.set('name', 'ä');
    data.set('file', new Blob([new Uint8Array([0, 255, 10, 13, 128])]), 'bytes.bin');
    return data;
  },
  request: () => 'a body of a Request',
};

const files = {
  'a File': async (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'bytes.bin'),
  'a file on disk': async (bytes: Uint8Array<ArrayBuffer>) => throughDatabase(new File([bytes], 'bytes.bin')),
};

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let start = 0; start < size; start += 65_536) crypto.getRandomValues(bytes.subarray(start, start + 65_536));
  return bytes;
}

export async function outcome<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    if (!(error instanceof Error)) return { error: typeof error };
    return { error: error instanceof AuthError ? error.code : error.name, message: error.message };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

function named({ event, state }: SessionChange): string {
  return state.status === 'logged-out' ? `${event.type}: ${state.ended}` : event.type;
}

declare global {
  var tab: Tab;
  var stored: typeof everythingStored;
  var startTab: (options?: TabOptions) => Tab;
  /** Whether the page was restored from the back/forward cache. */
  var restored: boolean | undefined;
}

globalThis.startTab = options => {
  globalThis.tab = new Tab(options);
  return globalThis.tab;
};
addEventListener('pageshow', ({ persisted }) => {
  globalThis.restored = persisted;
});
globalThis.stored = everythingStored;
if (location.hash === '#start') {
  startTab({ aheadMs: Number(new URLSearchParams(location.search).get('aheadMs')) }).noteStart();
}
obeyAddress();
if (location.hash.startsWith('#prerender=')) {
  const url = decodeURIComponent(location.hash.slice('#prerender='.length));
  const rules = document.createElement('script');
  rules.type = 'speculationrules';
  rules.textContent = JSON.stringify({ prerender: [{ urls: [url], eagerness: 'immediate' }] });
  document.head.append(rules);
  new BroadcastChannel('show').onmessage = () => location.assign(url);
}
