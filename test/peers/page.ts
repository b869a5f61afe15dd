import { moment, realNow } from '../support/moment.js';
import { clearStorage, corruptStorage, everythingStored } from '../support/page-storage.js';
import { obeyAddress } from '../support/steered-page.js';
import type { Client, ClientKind, Tokens } from './clients/client.js';

/** Commands that a page with one client executes for the browser driver. Results are plain data. */
export interface PeerPage {
  open(): Promise<void>;
  logIn(tokens: Tokens): Promise<void>;
  logOut(): Promise<void>;
  isSignedIn(): Promise<boolean>;
  accessToken(): Promise<string | undefined>;
  /** Sends a request in the client's recommended way. Returns the response status, or `failed`. */
  send(url: string, init?: RequestInit): Promise<number | 'failed'>;
  sendMany(count: number): Promise<(number | 'failed')[]>;
  refresh(): Promise<'refreshed' | 'failed'>;
  /** The error if the client is created as its documentation prints it. */
  errorAsPrinted(): string | undefined;
  /** Errors that the client reported to the page, in order, with all readable properties. */
  readonly failures: readonly string[];
  /** Everything that was written to the console, and all uncaught errors. */
  readonly printed: readonly string[];
  /** Disposes of the client, and creates another one with the stored session. */
  replace(): Promise<void>;
  /** From now on, the page never releases a lock that it gets. */
  keepLocks(): void;
  /** From now on, collects what the page sends, as an injected script would. */
  overhear(): void;
  readonly overheard: readonly string[];
  /** Keeps the page busy for a time, soon. */
  block(ms: number): void;
  /** The content of all storage that a page can write, as one string. */
  stored(): Promise<string>;
  /** Corrupts all stored values. */
  corruptStorage(): Promise<void>;
  clearStorage(): Promise<void>;
  /**
   * Moves the clock forward, as after sleep: no timer fires. With `wakesAt`, in epoch ms of the real clock, the jump
   * happens at the instant at which all other tabs wake, too. Returns false without a jump if that instant has
   * passed.
   */
  sleep(ms: number, wakesAt?: number): boolean;
  /** Waits for an instant in epoch ms of the real clock. */
  moment(at: number): Promise<void>;
  /**
   * Milliseconds from the start of the page's navigation to the response of the request that a page sends on load;
   * `NaN` if the request failed.
   */
  readonly firstResponse: Promise<number>;
}

declare global {
  var peer: PeerPage;
  /** Clock offset of every page at load, in ms. */
  var aheadMs: number | undefined;
}

/** Creates the client in the page. */
export function servePeer(kind: ClientKind): void {
  let client: Client | undefined;
  const sleeps = [{ ms: globalThis.aheadMs ?? 0, wakesAt: 0 }];
  const now = () => {
    const real = realNow();
    return sleeps.reduce((sum, { ms, wakesAt }) => (real < wakesAt ? sum : sum + ms), real);
  };
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...parts: [] | [number]) {
      super(...((parts.length === 0 ? [now()] : parts) as [number]));
    }
    static override now = now;
  } as DateConstructor;
  const failures: string[] = [];
  const opened = async (): Promise<Client> => {
    client ??= await kind.open();
    return client;
  };
  const note = async (error: unknown): Promise<void> => {
    failures.push(await described(error));
  };
  const send = async (url: string, init?: RequestInit): Promise<number | 'failed'> => {
    try {
      const response: Response | undefined = await (await opened()).send(url, init);
      // The predecessor resolves some requests with `undefined`.
      return response?.status ?? 'failed';
    } catch (error) {
      await note(error);
      return 'failed';
    }
  };
  const sendsFirst = globalThis.aheadMs !== undefined && !new URLSearchParams(location.search).has('another');
  const firstResponse = (sendsFirst ? send('/api/first') : Promise.resolve('failed')).then(status =>
    status === 200 ? performance.now() : Number.NaN,
  );
  globalThis.peer = {
    open: async () => void (await opened()),
    logIn: async tokens => void (await (await opened()).logIn(tokens)),
    logOut: async () => void (await (await opened()).logOut()),
    isSignedIn: async () => {
      try {
        return await (await opened()).isSignedIn();
      } catch {
        return false;
      }
    },
    accessToken: async () => {
      try {
        return await (await opened()).accessToken();
      } catch {
        return undefined;
      }
    },
    send,
    sendMany: count => Promise.all(Array.from({ length: count }, (_, index) => send(`/api/things/${index}`))),
    refresh: async () => {
      try {
        await (await opened()).refresh();
        return 'refreshed';
      } catch (error) {
        await note(error);
        return 'failed';
      }
    },
    errorAsPrinted: () => {
      try {
        kind.openAsPrinted?.();
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    failures,
    printed: printedFromNowOn(),
    replace: async () => {
      await client?.dispose?.();
      client = await kind.open();
    },
    keepLocks,
    overhear,
    overheard,
    block: ms => void setTimeout(blockFor, 50, ms),
    stored: everythingStored,
    corruptStorage,
    clearStorage,
    sleep: (ms, wakesAt = 0) => {
      const isInTime = wakesAt === 0 || realNow() < wakesAt;
      if (isInTime) sleeps.push({ ms, wakesAt });
      return isInTime;
    },
    moment,
    firstResponse,
  };
  obeyAddress();
}

function blockFor(ms: number): void {
  const end = realNow() + ms;
  while (realNow() < end);
}

const overheard: string[] = [];

function overhear(): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const { url, headers, body } = { ...(input instanceof Request && (await contentOf(input))), ...init, url: input };
    overheard.push(String(url), JSON.stringify([...new Headers(headers)]), String(body));
    return fetch(input, init);
  };
  const { send, setRequestHeader } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    overheard.push(String(body));
    send.call(this, body);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    overheard.push(value);
    setRequestHeader.call(this, name, value);
  };
}

async function contentOf(request: Request) {
  return { headers: request.headers, body: await request.clone().text() };
}

function keepLocks(): void {
  const request = navigator.locks.request.bind(navigator.locks);
  navigator.locks.request = ((name: string, ...rest: [LockOptions, LockGrantedCallback<unknown>]) => {
    const work = rest.pop() as LockGrantedCallback<unknown>;
    const [options = {}] = rest as unknown as [LockOptions?];
    return request(name, options, async lock => {
      const result = await work(lock);
      return lock === null ? result : new Promise(() => undefined);
    });
  }) as LockManager['request'];
}

function printedFromNowOn(): readonly string[] {
  const printed: string[] = [];
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    const write = console[level].bind(console);
    console[level] = (...parts: unknown[]) => {
      printed.push(parts.map(part => (part instanceof Error ? part.stack : JSON.stringify(part))).join(' '));
      write(...parts);
    };
  }
  addEventListener('error', ({ message, error }) => printed.push(`${message} ${error?.stack}`));
  addEventListener('unhandledrejection', ({ reason }) => printed.push(`${reason} ${reason?.stack}`));
  return printed;
}

async function described(error: unknown): Promise<string> {
  if (error instanceof Response) return `${error.status} ${error.bodyUsed ? '' : await error.text()}`;
  if (!(error instanceof Error)) return JSON.stringify(error) ?? String(error);
  return `${error.name}: ${error.message} ${JSON.stringify(error)} ${error.stack}`;
}
