import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type SessionStore, type TokenIssuer, tokenIssuer } from '../../../src/server.js';
import { audience, day, secret } from './companion.js';
import { type SharedDatabase, storeAt } from './shared-databases.js';

/** What became of one refresh token that many presented at once. */
export interface Round {
  readonly rotated: number;
  readonly grace: number;
  readonly reuse: number;
  readonly rejected: number;
  /** Different successors that were handed out. */
  readonly successors: number;
}

/** What a process is asked to do. */
export interface Task {
  readonly refreshToken: string;
  readonly times: number;
  readonly graceSeconds?: number | undefined;
}

/** What a process saw of a round. */
export interface Seen {
  readonly events: readonly string[];
  readonly successors: readonly string[];
}

export interface Presentations {
  /** One refresh token, presented by each process as often as `each` says, at the same time. */
  round(each: number, graceSeconds: number | undefined): Promise<Round>;
  stop(): void;
}

export function presentingIssuer(
  store: SessionStore,
  graceSeconds: number | undefined,
  onEvent?: (type: string) => void,
): TokenIssuer {
  return tokenIssuer({
    issuer: 'https://login.example.com',
    audience,
    secret,
    refreshToken: {
      idleLifetimeSeconds: day,
      absoluteLifetimeSeconds: day,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    },
    store,
    maxSessionsPerUser: 1,
    onEvent: event => onEvent?.(event.type),
  });
}

/** Starts processes with an issuer each, on one database. */
export async function startPresentations({ address }: SharedDatabase, processes: number): Promise<Presentations> {
  const tokens = presentingIssuer(await storeAt(address), 0);
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(address)));
  return {
    async round(each, graceSeconds) {
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      const responses = workers.map(worker => once(worker, 'message') as Promise<[Seen]>);
      for (const worker of workers)
        worker.send({ refreshToken: refresh_token, times: each, graceSeconds } satisfies Task);
      return counted((await Promise.all(responses)).map(([seen]) => seen));
    },
    stop() {
      for (const worker of workers) worker.disconnect();
    },
  };
}

async function startWorker(address: string): Promise<ChildProcess> {
  const worker = fork(new URL('presenting-process.ts', import.meta.url), [address], {
    execArgv: ['--import', 'tsx'],
  });
  await once(worker, 'message');
  return worker;
}

function counted(seen: readonly Seen[]): Round {
  const events = seen.flatMap(({ events }) => events);
  const count = (type: string): number => events.filter(event => event === type).length;
  return {
    rotated: count('rotated'),
    grace: count('repeated'),
    reuse: count('reuse_detected'),
    rejected: count('rejected'),
    successors: new Set(seen.flatMap(({ successors }) => successors)).size,
  };
}
