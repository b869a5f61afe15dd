import { HttpClient, IHttpClient } from '@aurelia/fetch-client';
import { IEventAggregator } from '@aurelia/kernel';
import { type PublicSessionChange, withAuthOptions } from 'aurelia-auth-refresh/aurelia2';
import { AuthError, ParkedRequests, type Session, type SessionProvider } from 'aurelia-auth-refresh/core';
import { settled } from 'aurelia-auth-refresh/testing';
import { jwt } from '../aurelia/support/test-server.js';
import { api, credentials, testApp, testHouse } from './support/test-app.js';

describe('the token on requests of Aurelia 2', () => {
  it('is sent by every HttpClient, to protected URLs only', async () => {
    const { auth, container, server } = await testApp();
    await auth.login(credentials);
    const http = container.get(IHttpClient);
    expect((await http.fetch(`${api}/orders`)).status).toBe(200);
    expect((await http.fetch('https://elsewhere.example/')).status).toBe(401);
    const own = container.invoke(HttpClient);
    own.configure(config => config.withBaseUrl(`${api}/`));
    expect((await own.fetch('orders')).status).toBe(200);
    expect(server.calls.map(({ accessToken }) => accessToken !== undefined)).toEqual([true, false, true]);
  });

  it('is refreshed once for a hundred requests at expiry', async () => {
    const { auth, clock, container, server } = await testApp();
    await auth.login(credentials);
    await clock.sleep(61_000);
    const http = container.get(IHttpClient);
    const responses = await Promise.all(Array.from({ length: 100 }, () => http.fetch(`${api}/orders`)));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(server.refreshes.length).toBe(1);
    expect(server.calls.length).toBe(100);
  });

  it('is replaced, and a POST retried with its body, after a 401', async () => {
    const { auth, container, server } = await testApp();
    await auth.login(credentials);
    server.expireAccess();
    const response = await container.get(IHttpClient).post(`${api}/orders`, JSON.stringify({ amount: 3 }));
    expect(response.status).toBe(200);
    expect(server.calls.map(({ body, status }) => [body, status])).toEqual([
      ['{"amount":3}', 401],
      ['{"amount":3}', 200],
    ]);
  });

  it('ends a permanent 401 after one retry', async () => {
    const { auth, container, server } = await testApp({
      options: { bearer: { fetch: async () => new Response('', { status: 401 }) } },
    });
    await auth.login(credentials);
    expect((await container.get(IHttpClient).fetch(`${api}/orders`)).status).toBe(401);
    expect(server.refreshes.length).toBe(1);
    expect(auth.authenticated).toBe(true);
  });

  it('lets requests wait for the next sign-in with ParkedRequests', async () => {
    const options = { parkedRequests: (session: Session) => new ParkedRequests(session), staysOnExpiry: true };
    const { auth, container, host, router, server } = await testApp({ options });
    await auth.login(credentials);
    await router.load('orders');
    server.revoke();
    const response = container.get(IHttpClient).post(`${api}/orders`, JSON.stringify({ amount: 3 }));
    while (!auth.parkedRequests?.count) await settled();
    expect(auth.authenticated).toBe(false);
    expect(host.textContent).toBe('orders');
    await auth.login(credentials, false);
    expect((await response).status).toBe(200);
    expect(host.textContent).toBe('orders');
  });

  it('is omitted with withAuthOptions({ auth: false })', async () => {
    const { auth, container, server } = await testApp();
    await auth.login(credentials);
    const request = withAuthOptions(new Request(`${api}/public`), { auth: false });
    await container.get(IHttpClient).fetch(request);
    expect(server.calls[0]?.accessToken).toBeUndefined();
  });

  it('is sent below interceptors: they see one request and the final response', async () => {
    const { auth, container, server } = await testApp();
    await auth.login(credentials);
    server.expireAccess();
    const seen: unknown[] = [];
    const http = container.get(IHttpClient).configure(config =>
      config.rejectErrorResponses().withInterceptor({
        request: request => {
          seen.push(request.headers.get('Authorization'));
          return request;
        },
        response: response => {
          seen.push(response.status);
          return response;
        },
      }),
    );
    await http.fetch(`${api}/orders`);
    expect(seen).toEqual([null, 200]);
  });

  it('works with rejectErrorResponses and withRetry', async () => {
    const { auth, container, server } = await testApp();
    await auth.login(credentials);
    const http = container
      .get(IHttpClient)
      .configure(config => config.rejectErrorResponses().withRetry({ maxRetries: 2, interval: 1, strategy: 0 }));
    server.expireAccess();
    expect((await http.fetch(`${api}/orders`)).status).toBe(200);
    expect(server.refreshes.length).toBe(1);
    expect(server.calls.length).toBe(2);
  });
});

describe('IAuthService', () => {
  it('signs in and out, and publishes changes without tokens', async () => {
    const { auth, container } = await testApp();
    const events: unknown[] = [];
    const changes: PublicSessionChange[] = [];
    const aggregator = container.get(IEventAggregator);
    aggregator.subscribe<boolean>('authentication-change', value => events.push(value));
    aggregator.subscribe<PublicSessionChange>('authentication-state', change => changes.push(change));
    expect(await auth.login(credentials)).toEqual(jasmine.objectContaining({ token_type: 'Bearer' }));
    expect([auth.authenticated, auth.state.status]).toEqual([true, 'logged-in']);
    const token = await auth.getFreshToken();
    await auth.logout();
    expect([auth.authenticated, auth.state.ended]).toEqual([false, 'requested']);
    expect(events).toEqual([true, false]);
    expect(changes.map(({ event }) => event.type)).toEqual(['logged-in', 'logged-out']);
    expect(JSON.stringify(changes)).not.toContain(token);
  });

  it('reports the claims of the user, and updates them', async () => {
    const { auth } = await testApp();
    auth.session.logIn({ access_token: jwt({ sub: 'ada', roles: ['admin'] }), expires_in: 60 });
    expect(auth.claims).toEqual(jasmine.objectContaining({ sub: 'ada' }));
    auth.session.logOut();
    expect(auth.claims).toBeUndefined();
  });

  it('rejects wrong credentials with the response', async () => {
    const { auth, host } = await testApp({ path: 'orders', options: { login: { url: `${api}/denied` } } });
    const error = await auth.login(credentials).catch((reason: unknown) => reason);
    expect(error).toEqual(jasmine.objectContaining({ code: 'login_failed', status: 401 }));
    expect(((error as AuthError).cause as Response).bodyUsed).toBe(false);
    expect(host.textContent?.trim()).toBe('login');
  });

  it('registers users, who are signed in or not', async () => {
    const signup = { url: '/auth/login' };
    const one = await testApp({ options: { signup } });
    await one.auth.signup(credentials);
    expect(one.auth.authenticated).toBe(true);
    const two = await testApp({ options: { signup: { ...signup, logsIn: false } } });
    await two.auth.signup(credentials);
    expect(two.auth.authenticated).toBe(false);
  });

  it('refreshes on request and ahead of expiry', async () => {
    const { auth, clock, server } = await testApp();
    await auth.login(credentials);
    await auth.updateToken();
    expect(server.refreshes.length).toBe(1);
    await clock.advance(60_000);
    expect(server.refreshes.length).toBe(2);
  });

  it('requests the logout endpoint', async () => {
    const house = testHouse();
    const { auth } = await testApp({
      ...house,
      options: { logout: { url: `${api}/auth/logout`, credentials: 'include' } },
    });
    await auth.login(credentials);
    await auth.logout();
    expect(house.server.calls.map(({ method, url }) => [method, url])).toEqual([['POST', `${api}/auth/logout`]]);
  });
});

describe('IAuthService with an OpenID provider', () => {
  function provider(overrides: Partial<SessionProvider>): SessionProvider {
    const base = { isSignedOutCallback: () => false, isCallback: () => false, rejectedCallback: () => undefined };
    return { ...base, sessionOptions: {}, proof: undefined, ...overrides } as unknown as SessionProvider;
  }

  it('redirects to the provider without credentials, with the denied route', async () => {
    const signInByRedirect = jasmine.createSpy('signInByRedirect').and.resolveTo();
    const { auth } = await testApp({ path: 'orders/7', options: { oidc: provider({ signInByRedirect }) } });
    await auth.login();
    expect(signInByRedirect).toHaveBeenCalledOnceWith({ returnTo: 'orders/7' });
  });

  it('completes the callback before the guard decides', async () => {
    const oidc = provider({
      isCallback: () => true,
      completeSignIn: async session => {
        session.logIn({ access_token: 'a', expires_in: 60 });
        return { returnTo: 'orders/7' };
      },
    });
    const { host, location } = await testApp({ path: 'login', options: { oidc } });
    expect(host.textContent?.trim()).toBe('orders');
    expect(location.path).toContain('orders/7');
  });

  it('reports a sign-in that failed', async () => {
    const error = new AuthError('login_failed', 'rejected');
    const oidc = provider({ isCallback: () => true, completeSignIn: () => Promise.reject(error) });
    const { auth, host } = await testApp({ path: 'orders', options: { oidc } });
    expect(auth.signInError).toBe(error);
    expect(host.textContent?.trim()).toBe('login');
  });

  it('signs out at the provider, which redirects the page', async () => {
    const signOut = jasmine.createSpy('signOut').and.callFake(async session => {
      session.logOut();
      return true;
    });
    const { auth, host } = await testApp({ options: { oidc: provider({ signOut }) } });
    await auth.session.logIn({ access_token: 'a', expires_in: 60 });
    await auth.logout('/bye');
    expect(signOut.calls.mostRecent().args[1]).toEqual({ returnTo: '/bye' });
    expect([auth.authenticated, host.textContent?.trim()]).toEqual([false, 'home']);
  });
});

describe('the options of AuthConfiguration', () => {
  for (const [options, message] of [
    [{ loginRout: 'sign-in' }, 'There is no option "loginRout". Did you mean "loginRoute"?'],
    [{ protectedUrl: [api] }, 'There is no option "protectedUrl". Did you mean "protectedUrls"?'],
    [{ login: { url: '/in', metod: 'PUT' } }, 'There is no option "login.metod". Did you mean "method"?'],
    [
      { storage: { storageKy: 'shop' }, ports: undefined },
      'There is no option "storageKy". Did you mean "storageKey"?',
    ],
    [{ session: { refrehs: {} } }, 'There is no option "refrehs". Did you mean "refresh"?'],
    [{ bearer: { schem: 'JWT' } }, 'There is no option "schem". Did you mean "scheme"?'],
    [{ protectedUrls: api }, 'The option "protectedUrls" is invalid, expected: object.'],
    [{ staysOnExpiry: 'yes' }, 'The option "staysOnExpiry" is invalid, expected: boolean.'],
  ] as const) {
    it(`are rejected when the app starts: ${JSON.stringify(options)}`, async () => {
      await expectAsync(testApp({ options: options as object })).toBeRejectedWithError(message);
    });
  }
});
