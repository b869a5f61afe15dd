import { moment, realNow } from '../support/moment.js';
import { clearStorage, corruptStorage, everythingStored } from '../support/page-storage.js';
import type { Client, ClientKind, Tokens } from './clients/client.js';

/** What a page with one client does for whoever drives the browser. Answers are plain data. */
export interface PeerPage {
  open(): Promise<void>;
  logIn(tokens: Tokens): Promise<void>;
  logOut(): Promise<void>;
  isSignedIn(): Promise<boolean>;
  accessToken(): Promise<string | undefined>;
  /** Sends a request as the client's users do: the answer's status, or `failed`. */
  send(url: string, init?: RequestInit): Promise<number | 'failed'>;
  sendMany(count: number): Promise<(number | 'failed')[]>;
  refresh(): Promise<'refreshed' | 'failed'>;
  /** What the client told the page when something failed, in order: errors with all that a program can read in them. */
  readonly failures: readonly string[];
  /** Every place where a page can leave something, as one text. */
  stored(): Promise<string>;
  /** Makes nonsense of whatever is stored. */
  corruptStorage(): Promise<void>;
  clearStorage(): Promise<void>;
  /**
   * Puts the clock ahead, as after sleep: no timer fires. With `wakesAt`, epoch ms without any sleep, that happens in the moment
   * in which all other tabs that were told the same wake, too. False, and nothing happens, where that moment is over.
   */
  sleep(ms: number, wakesAt?: number): boolean;
  /** Waits for a moment, epoch ms without any sleep. */
  moment(at: number): Promise<void>;
  /**
   * Ms from the begin of the page's navigation to the answer of the request that a page opened ahead of time sends at once;
   * `NaN` where that failed.
   */
  readonly firstAnswer: Promise<number>;
}

declare global {
  var peer: PeerPage;
  /** How far the clock of every page is ahead when it is opened. */
  var aheadMs: number | undefined;
}

/** Makes the page one with this client in it. */
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
      // The predecessor answers some requests with nothing.
      return response?.status ?? 'failed';
    } catch (error) {
      await note(error);
      return 'failed';
    }
  };
  const firstAnswer = (globalThis.aheadMs === undefined ? Promise.resolve('failed') : send('/api/first')).then(
    status => (status === 200 ? performance.now() : Number.NaN),
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
    failures,
    stored: everythingStored,
    corruptStorage,
    clearStorage,
    sleep: (ms, wakesAt = 0) => {
      const isInTime = wakesAt === 0 || realNow() < wakesAt;
      if (isInTime) sleeps.push({ ms, wakesAt });
      return isInTime;
    },
    moment,
    firstAnswer,
  };
}

async function described(error: unknown): Promise<string> {
  if (error instanceof Response) return `${error.status} ${error.bodyUsed ? '' : await error.text()}`;
  if (!(error instanceof Error)) return JSON.stringify(error) ?? String(error);
  return `${error.name}: ${error.message} ${JSON.stringify(error)} ${error.stack}`;
}
