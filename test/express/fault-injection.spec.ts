import express from 'express';
import {
  memoryStore,
  OAuthError,
  refreshToken,
  type SessionStore,
  type TokenIssuerOptions,
} from '../../src/express.js';
import { companion } from '../server/support/companion.js';
import { listen, postJson } from '../server/support/http-server.js';
import { type TestClock, testClock } from '../server/support/test-clock.js';

type Fault = 'before it happened' | 'after it happened' | 'and never came back';
const faults: readonly Fault[] = ['before it happened', 'after it happened', 'and never came back'];
const waiting = new Promise<never>(() => undefined);

/** What the issuer waits for while it refreshes, or revokes: each step can be made to fail. */
class Steps {
  private readonly taken: string[] = [];
  private faultAt = Number.POSITIVE_INFINITY;
  private fault: Fault = 'before it happened';

  failAt(step: number, fault: Fault): void {
    this.taken.length = 0;
    this.faultAt = step;
    this.fault = fault;
  }

  get count(): number {
    return this.taken.length;
  }

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const failing = this.taken.push(name) - 1 === this.faultAt;
    if (!failing) return work();
    if (this.fault === 'before it happened') throw new Error(`${name} failed`);
    await work();
    if (this.fault === 'and never came back') return waiting;
    throw new Error(`${name} failed afterwards`);
  }
}

function faultyCompanion(
  steps: Steps,
  clock: TestClock,
  store: SessionStore,
  options: Partial<TokenIssuerOptions> = {},
) {
  const faulty: SessionStore = {
    ...store,
    find: id => steps.take('find', () => store.find(id)),
    rotate: (id, presented) => steps.take('rotate', () => store.rotate(id, presented)),
    revoke: (id, reason) => steps.take('revoke', () => store.revoke(id, reason)),
    revokeAll: (sub, request) => steps.take('revokeAll', () => store.revokeAll(sub, request)),
  };
  return companion({ claims: () => steps.take('claims', async () => ({})), ...options, store: faulty }, clock);
}

const settledOrDead = (work: Promise<unknown>): Promise<string> =>
  Promise.race([
    work.then(
      () => 'granted',
      (error: unknown) => (error instanceof OAuthError ? error.code : `not an OAuthError: ${error}`),
    ),
    new Promise<string>(resolve => setTimeout(resolve, 5, 'the process died')),
  ]);

describe('an error at any step of a refresh', () => {
  for (const fault of faults) {
    it(`[F97] leaves the client with a valid refresh token, when it occurs ${fault}`, async () => {
      const clock = testClock();
      const store = memoryStore({ clock });
      const steps = new Steps();
      const { tokens } = faultyCompanion(steps, clock, store);
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      steps.failAt(Number.POSITIVE_INFINITY, fault);
      await tokens.refresh({ refreshToken: refresh_token });
      const stepsOfRefresh = steps.count;
      expect(stepsOfRefresh).toBeGreaterThan(2);

      for (let step = 0; step < stepsOfRefresh; step++) {
        const { refresh_token: mine } = await tokens.issue({ sub: 'ada' });
        steps.failAt(step, fault);
        const first = await settledOrDead(tokens.refresh({ refreshToken: mine }));
        expect(first).toBe(fault === 'and never came back' ? 'the process died' : 'temporarily_unavailable');

        const restarted = companion({ store }, clock).tokens;
        const next = await restarted.refresh({ refreshToken: mine });
        const afterNext = await restarted.refresh({ refreshToken: next.refresh_token });
        expect(afterNext.access_token).withContext(`step ${step}`).toEqual(jasmine.any(String));
      }
    });
  }

  it('[F02] the connection breaks after the rotation, and the same refresh token yields the successor', async () => {
    const { tokens, events } = companion();
    const app = express();
    let cut = true;
    app.use((req, res, next) => {
      if (cut) {
        res.end = () => {
          req.socket.destroy();
          return res;
        };
      }
      next();
    });
    app.post('/auth/login', express.json(), refreshToken(tokens));
    const server = await listen(app);
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const ask = () => postJson(`${server.origin}/auth/login`, { grant_type: 'refresh_token', refresh_token });
    await expectAsync(ask()).toBeRejected();
    cut = false;
    const response = await ask();
    expect(response.status).toBe(200);
    const next = await tokens.refresh({ refreshToken: String(response.body['refresh_token']) });
    expect(next.access_token).toEqual(jasmine.any(String));
    expect(events.map(({ type }) => type)).toEqual(['issued', 'rotated', 'repeated', 'rotated']);
    await server.close();
  });
});

describe('an error at any step of a revocation', () => {
  for (const fault of faults) {
    it(`[S-21] leaves the session either ended or unchanged, when it occurs ${fault}`, async () => {
      const clock = testClock();
      const store = memoryStore({ clock });
      const steps = new Steps();
      const { tokens } = faultyCompanion(steps, clock, store);
      for (const revoke of [
        (refreshToken: string) => tokens.revoke({ refreshToken }),
        () => tokens.revokeAllForUser('ada'),
        (refreshToken: string) => tokens.revokeSession(tokens.sessionId(refreshToken) ?? ''),
      ]) {
        const { refresh_token: probe } = await tokens.issue({ sub: 'ada' });
        steps.failAt(Number.POSITIVE_INFINITY, fault);
        await revoke(probe);
        const stepsOfRevocation = steps.count;
        for (let step = 0; step < stepsOfRevocation; step++) {
          const { refresh_token } = await tokens.issue({ sub: 'ada' });
          steps.failAt(step, fault);
          const first = await settledOrDead(revoke(refresh_token));
          expect(first).toBe(fault === 'and never came back' ? 'the process died' : 'temporarily_unavailable');
          const restarted = companion({ store }, clock).tokens;
          const happened = fault !== 'before it happened' && step === stepsOfRevocation - 1;
          const after = await settledOrDead(restarted.refresh({ refreshToken: refresh_token }));
          expect(after).toBe(happened ? 'invalid_grant' : 'granted');
          await restarted.revokeAllForUser('ada');
        }
      }
    });
  }
});
