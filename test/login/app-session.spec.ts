import {
  AppSession,
  type AppSessionChange,
  type AppSessionOptions,
  type SessionProvider,
} from 'aurelia-auth-refresh/core';
import { house } from '../session/support.js';

const ada = { email: 'ada@example.com', password: 'secret' };
const options: AppSessionOptions = { session: { refresh: { url: '/auth/login' } } };

/** Opens a tab with an AppSession. */
function tab(all = house(), more: AppSessionOptions = {}) {
  const { ports } = all.browser.openTab();
  const app = new AppSession({ ...options, ...more }, ports);
  const changes: AppSessionChange[] = [];
  app.subscribe(change => changes.push(change));
  return { ...all, app, changes };
}

function provider(overrides: Partial<SessionProvider>): SessionProvider {
  const base = { isSignedOutCallback: () => false, isCallback: () => false, rejectedCallback: () => undefined };
  return { ...base, sessionOptions: {}, proof: undefined, ...overrides } as unknown as SessionProvider;
}

describe('AppSession', () => {
  it('signs in with credentials, tells who is signed in, refreshes and signs out', async () => {
    const { app, changes, server } = tab();
    expect(app.authenticated).toBe(false);
    await app.logIn(ada);
    expect([app.authenticated, app.state.status]).toEqual([true, 'logged-in']);
    await app.updateToken();
    expect(await app.getFreshToken()).toBeTruthy();
    expect(await app.logOut()).toBe(false);
    expect([app.authenticated, app.state.ended, app.claims]).toEqual([false, 'requested', undefined]);
    expect(changes.map(({ event, isUserChange }) => [event.type, isUserChange])).toEqual([
      ['logged-in', true],
      ['refresh-started', false],
      ['refreshed', false],
      ['logged-out', true],
    ]);
    expect(server.refreshes.length).toBe(1);
  });

  it('updates its properties before listeners run, and stops a listener', async () => {
    const { app } = tab();
    const seen: boolean[] = [];
    const stop = app.subscribe(() => seen.push(app.authenticated));
    await app.logIn(ada);
    stop();
    await app.logOut();
    expect(seen).toEqual([true]);
  });

  it('keeps other listeners if one throws', async () => {
    const all = house();
    const errors: unknown[] = [];
    const { app } = tab(all, { session: { ...options.session, onError: error => errors.push(error) } });
    const error = new Error('listener');
    app.subscribe(() => {
      throw error;
    });
    let called = false;
    app.subscribe(() => (called = true));
    await app.logIn(ada);
    expect([called, errors]).toEqual([true, [error]]);
  });

  it('follows another tab, and names the cause to leave the page', async () => {
    const all = house();
    const [one, other] = [tab(all), tab(all)];
    await one.app.logIn(ada);
    await all.clock.advance(100);
    expect(other.app.authenticated).toBe(true);
    await one.app.logOut();
    await all.clock.advance(100);
    expect(other.changes.map(({ redirectCause }) => redirectCause)).toEqual(['other-tab', 'other-tab']);
    expect(one.changes.map(({ redirectCause }) => redirectCause)).toEqual([undefined, undefined]);
  });

  it('names the cause of a refused refresh', async () => {
    const { app, changes, server } = tab();
    await app.logIn(ada);
    server.revoke();
    await app.updateToken().catch(() => undefined);
    expect(changes.at(-1)?.redirectCause).toBe('expired');
  });

  it('completes the callback of an OpenID provider once', async () => {
    const completeSignIn = jasmine.createSpy('completeSignIn').and.resolveTo({ returnTo: '/orders' });
    const { app } = tab(house(), { oidc: provider({ isCallback: () => true, completeSignIn }) });
    expect(await app.ready).toEqual({ kind: 'signed-in', returnTo: '/orders' });
    expect(await app.ready).toBe(await app.ready);
    expect(completeSignIn).toHaveBeenCalledTimes(1);
  });

  it('reports a rejected callback, unless a user is signed in', async () => {
    const error = new Error('rejected');
    const oidc = provider({ isCallback: () => true, completeSignIn: () => Promise.reject(error) });
    const one = tab(house(), { oidc });
    await one.app.ready;
    expect(one.app.signInError).toBe(error);
    const two = tab(house(), { oidc });
    two.app.session.logIn({ access_token: 'a', expires_in: 60 });
    await two.app.ready;
    expect(two.app.signInError).toBeUndefined();
  });
});
