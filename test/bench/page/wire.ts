import { FakeTokenServer, type ScriptedFailure } from '../../../src/testing.js';
import { clientId, type Tokens, tokenPath } from '../../peers/clients/client.js';

const pageFetch = globalThis.fetch;
const { Date: RealDate, performance: realPerformance } = globalThis;
const realNow = realPerformance.now.bind(realPerformance);
let sleptMs = 0;

/** Moves the page's clock forward, as after sleep: no timer fires. */
export function sleep(ms: number): void {
  if (sleptMs === 0) replaceClocks();
  sleptMs += ms;
}

/** Elapsed real time, in ms. */
export function stopwatch(): number {
  return realNow();
}

function replaceClocks(): void {
  globalThis.Date = class extends RealDate {
    constructor(...parts: [] | [number]) {
      super(...((parts.length === 0 ? [RealDate.now() + sleptMs] : parts) as [number]));
    }
    static override now(): number {
      return RealDate.now() + sleptMs;
    }
  } as DateConstructor;
  performance.now = () => realNow() + sleptMs;
}

/**
 * A server without a network: every fetch of the page resolves here after the latency. Browsers allow six connections
 * to a server, so a thousand real requests would measure the connection pool.
 */
export class Wire {
  readonly server = new FakeTokenServer({
    clock: { now: () => Date.now(), after: later },
    accessTokenLifetimeSeconds: 3600,
    tokenPath,
  });

  constructor(private readonly latencyMs: number) {
    this.server.failAlways(withIdToken);
    globalThis.fetch = async (input, init) => {
      if (this.latencyMs > 0) await new Promise<void>(resolve => void later(this.latencyMs / 2, resolve));
      const response = await this.server.fetch(input, init);
      if (this.latencyMs > 0) await new Promise<void>(resolve => void later(this.latencyMs / 2, resolve));
      return response;
    };
  }

  logIn(): Tokens {
    return withIdToken.edit(this.server.logIn()) as unknown as Tokens;
  }

  close(): void {
    globalThis.fetch = pageFetch;
  }
}

const withIdToken = {
  edit: body => ({ ...body, id_token: idToken('ann') }),
} satisfies ScriptedFailure;

/** Some libraries require an id token in every refresh response; none of them verifies its signature then. */
export function idToken(sub: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: `${location.origin}/`, aud: clientId, sub, iat: now, exp: now + 36_000 };
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: '1' }, claims];
  return [...parts.map(part => btoa(JSON.stringify(part)).replaceAll('=', '')), 'c2lnbmF0dXJl'].join('.');
}

const setTimer = globalThis.setTimeout.bind(globalThis);
const clearTimer = globalThis.clearTimeout.bind(globalThis);

function later(delayMs: number, action: () => void): () => void {
  const timer = setTimer(action, delayMs);
  return () => clearTimer(timer);
}
