import { memoryAtomicStore } from '../../src/core.js';
import type { ScriptedFailure } from '../../src/testing.js';
import { after, dueMs } from './failing-refresh.js';
import { accessToken, ended, house, refreshToken, rejection, standing } from './support.js';

describe('a session that the server refuses to refresh', () => {
  it('[F22] ends once when the server refuses, and sends no further request', async () => {
    const { server, session, tab, clock, outcome, changes } = await after({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(outcome).toBe('refresh_refused');
    expect(changes.filter(({ state }) => state.status === 'logged-out').length).toBe(1);
    expect(ended(session)).toBe('refused');
    expect(await rejection(session.updateToken())).toBe('no_session');
    expect(await rejection(session.getFreshToken())).toBe('no_session');
    tab.wake();
    await clock.advance(600_000);
    expect(server.refreshes.length).toBe(1);
    expect(tab.stored).toBeUndefined();
  });

  it('[F23] adopts the tokens of a faster tab when the server refuses its own', async () => {
    const { server, open, clock } = house();
    // Neither IndexedDB nor a storage event has notified the slow tab.
    const slow = open({}, ({ store: { read, write, remove } }) => ({
      atomicStore: memoryAtomicStore(),
      store: { read, write, remove },
    }));
    const fast = open({}, () => ({ atomicStore: memoryAtomicStore() }));
    slow.session.logIn(server.logIn());
    await clock.advance(100);
    expect(accessToken(fast.session)).toBe(accessToken(slow.session));
    server.fail({}, { status: 400, body: { error: 'invalid_grant' }, delayMs: 500 });
    await fast.session.updateToken();
    const update = slow.session.updateToken();
    await clock.advance(500);
    expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    expect(ended(slow.session)).toBeUndefined();
  });

  for (const [what, fault] of Object.entries<ScriptedFailure>({
    'an empty body': { status: 401 },
    'a JSON body': { status: 401, body: { message: 'Unauthorized' } },
    'plain text, as Express sends it': { status: 401, body: 'Unauthorized', headers: { 'Content-Type': 'text/plain' } },
  })) {
    it(`[F24] settles all waiting callers at once when the refresh endpoint responds with 401: ${what}`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      session.logIn(server.logIn());
      await clock.sleep(61_000);
      server.fail(fault, fault);
      const waiting = Array.from({ length: 50 }, () => session.getFreshToken());
      const outcomes = await Promise.all(waiting.map(rejection));
      expect(new Set(outcomes)).toEqual(new Set(['session_ended']));
      expect(ended(session)).toBe('refused');
      // The second request is without the expired access token.
      expect(server.refreshes.map(({ headers }) => headers.has('Authorization'))).toEqual([true, false]);
    });
  }

  for (const error of [
    'invalid_request',
    'invalid_scope',
    'unsupported_grant_type',
    'temporarily_unavailable',
    'server_error',
    'slow_down',
    'use_dpop_nonce',
  ]) {
    it(`[C-35] is kept through the error ${error}, which does not concern the session`, async () => {
      const fault = { status: 400, body: { error } };
      const { outcome, session } = await after([fault, fault]);
      expect(outcome).toBe('refresh_postponed');
      expect(session.freshToken()).toBeDefined();
    });
  }

  it('[C-35] uses the app’s own classifier', async () => {
    const { server, open, clock } = house();
    const url = '/auth/login';
    const { session } = open({
      refresh: { url, classifyResponse: ({ status }) => (status === 419 ? 'refused' : 'retryable') },
    });
    session.logIn(server.logIn());
    server.fail({ status: 400, body: { error: 'invalid_grant' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    await clock.advance(dueMs);
    expect(refreshToken(session)).toBe('rt-0-1');
    server.fail({ status: 419 });
    expect(await rejection(session.updateToken())).toBe('refresh_refused');
  });

  it('[C-35] is kept when the app’s own classifier throws', async () => {
    const { server, open } = house();
    const classifyResponse = () => {
      throw new Error('mistaken');
    };
    const { session } = open({ refresh: { url: '/auth/login', classifyResponse } });
    session.logIn(server.logIn());
    server.fail({ status: 400, body: { error: 'invalid_grant' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
  });

  it('[F25] follows no redirect with the refresh token', async () => {
    const { server } = await after({});
    expect(server.refreshes[0]?.redirect).toBe('error');
  });
});
