import type { SessionOptions } from 'aurelia-auth-refresh/core';
import { predecessorStore } from '../../../src/aurelia/predecessor/predecessor-store.js';
import { tokenResponseReader } from '../../../src/aurelia/token-response-reader.js';
import { accessToken, type House, house, refreshToken } from '../../session/support.js';

function jwt(claims: object): string {
  return `e30.${btoa(JSON.stringify(claims)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')}.x`;
}

const standard = tokenResponseReader({
  accessToken: { prop: 'access_token', name: 'token' },
  refreshToken: { prop: 'refresh_token', name: 'token' },
});

/** A server and a browser whose tabs keep the session in the format of aurelia-authentication. */
function predecessorHouse(readTokenResponse = standard): House {
  const all = house();
  return {
    ...all,
    open: (options: Partial<SessionOptions> = {}) =>
      all.open({ readTokenResponse, ...options }, ({ store }) => ({
        store: predecessorStore(store, readTokenResponse, () => all.clock.wall()),
      })),
  };
}

describe('a session in the format of aurelia-authentication', () => {
  it('restores a session of aurelia-authentication', () => {
    const { server, open, browser } = predecessorHouse();
    browser.openTab().store.write(JSON.stringify(server.logIn()));
    const { session } = open();
    expect(session.freshToken()?.refreshToken).toBe('rt-0-0');
  });

  it('is stored so that aurelia-authentication finds the response of the server, with any properties', () => {
    const { open } = predecessorHouse();
    const { session, tab } = open();
    const response = {
      access_token: 'access',
      refresh_token: 'refresh',
      plan: 'gold',
      version: 7,
      epoch: 'x',
      ended: 'no',
    };
    session.logIn(response);
    const { version, epoch, ended, ...others } = response;
    expect(JSON.parse(tab.stored ?? '')).toEqual(jasmine.objectContaining(others));
    expect(accessToken(open().session)).toBe('access');
  });

  it('is stored though the response is nothing but a token', () => {
    const { open } = predecessorHouse(tokenResponseReader({ accessToken: response => response }));
    const { session, tab } = open();
    session.logIn('access');
    expect(JSON.parse(tab.stored ?? '')['0']).toBeUndefined();
    expect(accessToken(open().session)).toBe('access');
  });

  for (const token_type of ['JWT', 'mac', '', 7]) {
    it(`[R3] is taken over with a token type of ${JSON.stringify(token_type)}`, async () => {
      const { open, browser, clock } = predecessorHouse();
      const stored = JSON.stringify({ access_token: 'access', refresh_token: 'rt-0-0', token_type });
      browser.openTab().store.write(stored);
      const { session, tab } = open();
      await clock.advance(100);
      expect(accessToken(session)).toBe('access');
      expect(tab.stored).toBeDefined();
    });
  }

  it('is stored without properties of the response that are named like its own', () => {
    const { open } = predecessorHouse();
    const { session } = open();
    session.logIn({ access_token: 'access', idToken: 'of the server', refreshToken: 'of the server', scope: 7 });
    const { session: restored } = open();
    expect(accessToken(restored)).toBe('access');
    expect(refreshToken(restored)).toBeUndefined();
    expect(restored.freshToken()?.idToken).toBeUndefined();
  });

  it('takes over an expiry that the app reads from the stored response', () => {
    const readTokenResponse = tokenResponseReader({
      accessToken: { prop: 'access_token', name: 'token' },
      expiresAt: response => (response as { until: unknown }).until,
    });
    const { open, browser, clock } = predecessorHouse(readTokenResponse);
    const until = clock.now() / 1000 + 600;
    browser.openTab().store.write(JSON.stringify({ access_token: 'opaque', until: String(until) }));
    expect(open().session.freshToken()?.expiresAt).toBe(until * 1000);
  });

  it('[C-60] takes over a record of aurelia-authentication whose exp is in milliseconds, for as long as it lasts', async () => {
    const { open, clock, browser, server } = predecessorHouse();
    const exp = clock.now() + 600_000;
    browser.openTab().store.write(JSON.stringify({ access_token: jwt({ exp }), refresh_token: 'rt-0-0' }));
    server.logIn();
    const { session } = open();
    expect(session.freshToken()?.expiresAt).toBe(exp);
    await clock.advance(541_000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  for (const before of ['signed in', 'signed out'] as const) {
    it(`[C-20] takes what aurelia-authentication stored for later than a user who had been ${before} here`, async () => {
      const { open, clock, browser, server } = predecessorHouse();
      const { session } = open();
      session.logIn(server.logIn());
      if (before === 'signed out') session.logOut();
      await clock.advance(2000);
      session.dispose();
      const seconds = clock.wall() / 1000;
      const accessToken = jwt({ sub: 'bob', iat: seconds, exp: seconds + 600 });
      browser.openTab().store.write(JSON.stringify({ access_token: accessToken, refresh_token: 'of bob' }));
      const [one, other] = [open(), open()];
      await clock.advance(1000);
      expect([one, other].map(tab => refreshToken(tab.session))).toEqual(['of bob', 'of bob']);
    });
  }

  for (const iat of [undefined, 'soon', -1, 1e300, Number.MAX_SAFE_INTEGER]) {
    it(`[C-60] takes over a record of aurelia-authentication that was issued at ${iat}, and a later login`, async () => {
      const { open, clock, browser, server } = predecessorHouse();
      browser.openTab().store.write(JSON.stringify({ access_token: jwt({ iat }), refresh_token: 'before' }));
      const { session } = open();
      expect(refreshToken(session)).toBe('before');
      session.logIn(server.logIn());
      await clock.advance(1000);
      expect(refreshToken(open().session)).toBe('rt-0-0');
    });
  }
});
