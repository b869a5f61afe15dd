import type { AuthError, Renewal } from '../../src/core.js';
import { house, standing } from './support.js';

describe('renewal', () => {
  it('sends no refresh token that is in a cookie, and sets X-Requested-With', async () => {
    const { open, server, clock } = house({ accessTokenLifetimeSeconds: 100 });
    const { session } = open({ refresh: { url: '/auth/login', refreshTokenIn: 'cookie', sendAccessToken: false } });
    const { refresh_token: _inCookie, ...body } = server.logIn();
    session.logIn(body);
    server.fail({ status: 200, body });
    await clock.advance(90_000);
    const [refresh] = server.refreshes;
    expect(refresh?.body).toBe('{"grant_type":"refresh_token"}');
    expect(refresh?.headers.get('X-Requested-With')).toBe('XMLHttpRequest');
    expect(session.state.status).toBe('logged-in');
  });

  it('can be implemented by the application', async () => {
    const { open, server, clock } = house({ accessTokenLifetimeSeconds: 100 });
    const refresh: Renewal = {
      canRenew: () => true,
      renew: async tokens => ({
        kind: 'refreshed',
        response: { accessToken: `${tokens.accessToken}+`, tokenType: 'Bearer', expiresInSeconds: 100, body: {} },
      }),
    };
    const { session } = open({ refresh });
    session.logIn({ access_token: 'a', expires_in: 100 });
    await clock.advance(90_000);
    expect(session.freshToken()?.accessToken).toBe('a+');
    expect(server.requests).toEqual([]);
  });

  it('is retried after it threw', async () => {
    const { open } = house();
    const refresh: Renewal = { canRenew: () => true, renew: () => Promise.reject(new Error('out of order')) };
    const { session } = open({ refresh });
    session.logIn({ access_token: 'a', expires_in: 100 });
    const { error } = await standing(session.updateToken());
    expect((error as AuthError).code).toBe('refresh_postponed');
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', degraded: jasmine.anything() }));
  });
});
