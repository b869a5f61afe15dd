import { HttpClient } from 'aurelia-fetch-client';
import { LogManager } from 'aurelia-framework';
import { type Application, counting, json, jwt, settles, until, within } from './application.js';

/** Expectations of an application. aurelia-authentication 3.8.3 fails those with an id of `B` and a number. */
export interface Behaviour {
  /** Controls, with an id of `A` and a number: both libraries meet them, which shows that the comparison is fair. */
  readonly id: string;
  readonly says: string;
  holds(app: Application): Promise<boolean>;
}

const refreshing = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };

/** An access token that the server rejects and that the client knows to be expired. */
async function expired(app: Application, config: object = {}) {
  const auth = app.start({ ...refreshing, ...config });
  app.configureClient();
  auth.setResponseObject({ access_token: jwt(0, 600), refresh_token: 'refresh-0' });
  await sleep(700_000);
  return auth;
}

function fails(app: Application, answer: () => Response | Promise<Response>): void {
  app.on('POST /auth/token', answer);
}

function stays(app: Application) {
  const auth = app.start(refreshing);
  auth.setResponseObject({ access_token: jwt(0, 600), refresh_token: 'refresh-0' });
  return auth;
}

export const behaviours: readonly Behaviour[] = [
  {
    id: 'A1',
    says: 'login signs in, and the next page finds the session',
    holds: async app => {
      const auth = app.start();
      await within(auth.login({ name: 'ada' }));
      return auth.authenticated && app.startAnother({}).getAccessToken() === 'access-1';
    },
  },
  {
    id: 'A2',
    says: 'requests of a configured client carry the token',
    holds: async app => {
      const auth = app.start();
      app.configureClient();
      await within(auth.login({ name: 'ada' }));
      return (await within(app.http.fetch('/orders')))?.status === 200;
    },
  },
  {
    id: 'A3',
    says: 'updateToken() trades the refresh token in',
    holds: async app => {
      const auth = stays(app);
      return (await within(auth.updateToken())) === true && auth.getAccessToken() === 'access-1';
    },
  },
  {
    id: 'A4',
    says: 'a refresh that is refused ends the session',
    holds: async app => {
      const auth = stays(app);
      fails(app, () => json({ error: 'invalid_grant' }, 400));
      await settles(auth.updateToken());
      return !auth.authenticated;
    },
  },
  {
    id: 'A5',
    says: 'logout signs out',
    holds: async app => {
      const auth = stays(app);
      await auth.logout();
      return !auth.authenticated;
    },
  },
  {
    id: 'B1',
    says: 'after a 401 and a refresh, the caller gets the answer to the second try',
    holds: async app => {
      await expired(app);
      return (await within(app.http.fetch('/orders')))?.status === 200;
    },
  },
  {
    id: 'B2',
    says: 'so does a POST',
    holds: async app => {
      await expired(app);
      app.on('POST /auth/token', () => app.tokens());
      const response = await within(app.http.fetch('/orders', { method: 'POST', body: '{"amount":3}' }));
      return response?.status === 200 && (await response.json()).body === '{"amount":3}';
    },
  },
  {
    id: 'B3',
    says: 'the second try belongs to the client of the first: its other interceptors see the final answer, once',
    holds: async app => {
      const statuses: number[] = [];
      const client = new HttpClient();
      await expired(app);
      app.configureClient(client);
      client.interceptors.push(counting(({ status }) => statuses.push(status)));
      await within(client.fetch('/orders'));
      return statuses.join() === '200';
    },
  },
  {
    id: 'B4',
    says: 'calls reject soon when the refresh endpoint responds with 401',
    holds: async app => {
      const auth = stays(app);
      app.configureClient();
      await sleep(700_000);
      fails(app, () => new Response('', { status: 401 }));
      return (await settles(auth.updateToken())) && (await settles(auth.updateToken()));
    },
  },
  {
    id: 'B5',
    says: 'a refresh endpoint that answers 503 does not end the session',
    holds: async app => {
      const auth = stays(app);
      fails(app, () => new Response('', { status: 503 }));
      await settles(auth.updateToken());
      return auth.authenticated;
    },
  },
  {
    id: 'B6',
    says: 'a refresh token that the answer leaves out is kept',
    holds: async app => {
      const auth = stays(app);
      fails(app, () => json({ access_token: jwt(0, 600) }));
      await within(auth.updateToken());
      return auth.getRefreshToken() === 'refresh-0';
    },
  },
  {
    id: 'B7',
    says: 'a token of 30 days lasts for 26',
    holds: async app => {
      const auth = app.start();
      const days = 24 * 3600;
      auth.setResponseObject({ access_token: jwt(0, 30 * days) });
      await pass(26 * days * 1000);
      return auth.authenticated;
    },
  },
  {
    id: 'B8',
    says: 'an expiry of "now and a minute" is a minute after login, not after every look',
    holds: async app => {
      const auth = app.start({ getExpirationDateFromResponse: () => Date.now() / 1000 + 60 });
      auth.setResponseObject({ access_token: 'opaque' });
      await sleep(40_000);
      auth.isAuthenticated();
      await sleep(40_000);
      await pass(1000);
      return !auth.isAuthenticated();
    },
  },
  {
    id: 'B9',
    says: 'the token goes to no other host',
    holds: async app => {
      stays(app);
      app.configureClient();
      await within(app.http.fetch('https://evil.example/'));
      return app.to('/').length === 1 && app.to('/')[0]?.authorization === null;
    },
  },
  {
    id: 'B10',
    says: 'a page that finds an expired access token and a refresh token refreshes',
    holds: async app => {
      localStorage.setItem(
        'aurelia_authentication',
        JSON.stringify({ access_token: jwt(-700, -100), refresh_token: 'refresh-0' }),
      );
      const auth = app.start(refreshing);
      return until(() => app.to('/auth/token').length === 1 && auth.authenticated);
    },
  },
  {
    id: 'B11',
    says: 'logout is final, also during a refresh',
    holds: async app => {
      const auth = stays(app);
      let answer: (response: Response) => void = () => undefined;
      fails(app, () => new Promise(resolve => (answer = resolve)));
      const refresh = auth.updateToken();
      await pass(500);
      await auth.logout();
      answer(app.tokens());
      await settles(refresh);
      return !auth.authenticated;
    },
  },
  {
    id: 'B12',
    says: 'the application starts with any stored value',
    holds: async app => {
      localStorage.setItem('aurelia_authentication', '{corrupt');
      return !app.start().authenticated;
    },
  },
  {
    id: 'B13',
    says: 'what happens in sessionStorage is of no concern to a session in localStorage',
    holds: async app => {
      const auth = app.start();
      const newValue = JSON.stringify({ access_token: 'of another' });
      const init = { key: 'aurelia_authentication', newValue, storageArea: sessionStorage };
      dispatchEvent(new StorageEvent('storage', init));
      await pass(500);
      return !auth.authenticated && localStorage.getItem('aurelia_authentication') === null;
    },
  },
  {
    id: 'B14',
    says: 'five logins add no listeners',
    holds: async app => {
      let added = 0;
      const auth = app.start();
      const { addEventListener: add } = globalThis;
      globalThis.addEventListener = (...listener: Parameters<typeof add>) => {
        added += 1;
        return add.apply(globalThis, listener);
      };
      for (let login = 0; login < 5; login++) auth.setResponseObject({ access_token: jwt(0, 600 + login) });
      globalThis.addEventListener = add;
      return added === 0;
    },
  },
  {
    id: 'B15',
    says: 'isAuthenticated(callback) calls back when the refresh it needs is refused',
    holds: async app => {
      const auth = await expired(app);
      fails(app, () => json({ error: 'invalid_grant' }, 400));
      const told: boolean[] = [];
      auth.isAuthenticated(value => told.push(value));
      return until(() => told.join() === 'false');
    },
  },
  {
    id: 'B16',
    says: 'an answer with an access token alone yields no refresh token and no id token',
    holds: async app => {
      const auth = app.start(refreshing);
      auth.setResponseObject({ token: 'access' });
      return auth.getAccessToken() === 'access' && !auth.getRefreshToken() && !auth.getIdToken();
    },
  },
  {
    id: 'B17',
    says: 'the value converters that the typings declare are exported',
    holds: async app => app.exports('AuthFilterValueConverter') && app.exports('AuthenticatedValueConverter'),
  },
  {
    id: 'B18',
    says: 'a provider in the wrong place of the configuration is reported',
    holds: async app => {
      const told: string[] = [];
      const note = (_logger: unknown, ...rest: unknown[]) => told.push(rest.join(' '));
      const appender = { debug: note, info: note, warn: note, error: note };
      LogManager.addAppender(appender as never);
      LogManager.setLevel(LogManager.logLevel.warn);
      app.start({ google: { clientId: 'web' } });
      LogManager.removeAppender(appender as never);
      return told.some(text => text.includes('google'));
    },
  },
  {
    id: 'B19',
    says: 'configure({ endpoint: httpClient }) takes that client',
    holds: async app => {
      const endpoint = new HttpClient();
      endpoint.baseUrl = 'https://login.example.com';
      await within(app.start({ endpoint }).login({ name: 'ada' }));
      return app.to('/auth/login')[0]?.url === 'https://login.example.com/auth/login';
    },
  },
  {
    id: 'B20',
    says: "a provider's answer without a state is refused",
    holds: async app => {
      const href = `${location.origin}/?code=injected`;
      const { host, search } = new URL(href);
      const popup = {
        closed: false,
        location: { href, host, search, hash: '', assign: () => undefined },
        focus: () => undefined,
        close: () => undefined,
      };
      globalThis.open = () => popup as unknown as Window;
      app.on('POST /auth/github', () => app.tokens());
      const auth = app.start({ providers: { github: { clientId: 'web' } } });
      await settles(auth.authenticate('github'));
      return app.to('/auth/github').length === 0 && !auth.authenticated;
    },
  },
  {
    id: 'B21',
    says: 'logout of a provider without a logout page signs out here',
    holds: async app => {
      const auth = stays(app);
      await auth.logout(undefined, undefined, 'github');
      return !auth.authenticated;
    },
  },
  {
    id: 'B22',
    says: 'with logoutOnInvalidToken and logoutUrl, one 401 logs out once',
    holds: async app => {
      const auth = app.start({ logoutOnInvalidToken: true, logoutUrl: '/auth/logout' });
      app.configureClient();
      app.on('GET /auth/logout', () => new Response('', { status: 401 }));
      auth.setResponseObject({ access_token: jwt(0, 600) });
      let logouts = 0;
      auth.onLogout = () => {
        logouts += 1;
      };
      await settles(app.http.fetch('/orders'));
      await until(() => logouts > 0);
      await pass(1000);
      return logouts === 1 && app.to('/auth/logout').length === 1;
    },
  },
  {
    id: 'B23',
    says: 'a 401 while no user is signed in reaches the caller',
    holds: async app => {
      app.start();
      app.configureClient();
      return (await within(app.http.fetch('/orders')))?.status === 401;
    },
  },
  {
    id: 'B24',
    says: 'a 401 to a token that has not expired is met with a refresh',
    holds: async app => {
      stays(app);
      app.configureClient();
      return (await within(app.http.fetch('/orders')))?.status === 200;
    },
  },
  {
    id: 'B25',
    says: 'with a clock two hours ahead, tokens are used as long as they last, not refreshed at every call',
    holds: async app => {
      const fresh = () => app.tokens({ access_token: jwt(-7200, -6600) });
      fails(app, fresh);
      app.on('GET /orders', () => json({}));
      const auth = app.start(refreshing);
      app.configureClient();
      auth.setResponseObject(await fresh().json());
      for (let call = 0; call < 5; call++) await within(app.http.fetch('/orders'));
      return app.to('/auth/token').length <= 1 && auth.authenticated;
    },
  },
  {
    id: 'B26',
    says: 'a request waits for the refresh instead of going out with an expired token',
    holds: async app => {
      await expired(app);
      await within(app.http.fetch('/orders'));
      return app.to('/orders').length === 1;
    },
  },
  {
    id: 'B27',
    says: 'two tabs refresher a refresh token in once',
    holds: async app => {
      const tokens = () => app.tokens({ access_token: jwt(0, 600) });
      fails(app, tokens);
      app.on('POST /auth/login', tokens);
      const one = app.start(refreshing);
      await within(one.login({ name: 'ada' }));
      const another = app.startAnother(refreshing);
      await pass(601_000);
      await until(() => app.to('/auth/token').length > 0);
      await pass(2000);
      const presented = app.to('/auth/token').map(({ body }) => body);
      return presented.length > 0 && new Set(presented).size === presented.length && another.authenticated;
    },
  },
  {
    id: 'B28',
    says: 'a login keeps no property of the user before, with keepOldResponseProperties either',
    holds: async app => {
      const auth = app.start({ keepOldResponseProperties: true });
      auth.setResponseObject({ access_token: 'of ada', name: 'Ada' });
      await within(auth.login({ name: 'bob' }));
      return !('name' in Object(auth.authentication.getResponseObject()));
    },
  },
  {
    id: 'B28',
    says: 'when another user signs in in another tab, the application receives an event',
    holds: async app => {
      const of = (sub: string) => ({ access_token: jwt(0, 600, { sub }), refresh_token: `refresh of ${sub}` });
      const auth = app.start(refreshing);
      auth.setResponseObject(of('ada'));
      const another = app.startAnother(refreshing);
      await pass(500);
      const told = app.published();
      const bob = of('bob');
      app.hear(() => another.setResponseObject(bob));
      await until(() => auth.getAccessToken() === bob.access_token && told.includes('authentication-change'));
      return auth.getAccessToken() === bob.access_token && told.includes('authentication-change');
    },
  },
  {
    id: 'B29',
    says: 'a redirect is encoded once',
    holds: async app => {
      await within(app.start().login({ name: 'ada' }, {}, '#/a?x=%20b'));
      return location.hash === '#/a?x=%20b';
    },
  },
  {
    id: 'B30',
    says: 'a signup that signs the user in leads where a login does',
    holds: async app => {
      app.on('POST /auth/signup', () => app.tokens());
      await within(app.start({ loginRedirect: '#/home' }).signup({ name: 'ada' }));
      return location.hash === '#/home';
    },
  },
  {
    id: 'B31',
    says: "login leaves the caller's objects alone",
    holds: async app => {
      const form = { name: 'ada' };
      await within(app.start({ clientId: 'web' }).login(form));
      return Object.keys(form).join() === 'name';
    },
  },
  {
    id: 'B32',
    says: 'configuring a client twice changes nothing',
    holds: async app => {
      app.start();
      const before = app.configureClient().interceptors.length;
      return app.configureClient().interceptors.length === before;
    },
  },
  {
    id: 'B33',
    says: 'an answer without the path to the token is refused in words',
    holds: async app => {
      const auth = app.start({ accessTokenProp: 'data.access' });
      const error: unknown = await auth.login({ name: 'ada' }).catch((reason: unknown) => reason);
      return error instanceof Error && error.message.includes('Token not found in response');
    },
  },
  {
    id: 'B34',
    says: 'getLoginUrl() gives the address',
    holds: async app => app.start().authentication.getLoginUrl() === '/auth/login',
  },
  {
    id: 'B35',
    says: 'an absolute loginUrl is reached under a baseUrl too',
    holds: async app => {
      const auth = app.start({ baseUrl: 'https://api.example.com', loginUrl: 'https://login.example.com/auth/login' });
      await within(auth.login({ name: 'ada' }));
      return app.seen[0]?.url === 'https://login.example.com/auth/login';
    },
  },
  {
    id: 'B36',
    says: 'authenticate() rejects where a provider cannot be used, and does not throw',
    holds: async app => {
      const auth = app.start();
      return settles(auth.authenticate('auth0'));
    },
  },
  {
    id: 'B37',
    says: 'logout happens once, if onLogout throws too',
    holds: async app => {
      const auth = app.start({ logoutUrl: '/auth/logout' });
      app.on('GET /auth/logout', () => json({}));
      auth.setResponseObject({ access_token: jwt(0, 600) });
      let logouts = 0;
      auth.onLogout = () => {
        logouts += 1;
        throw new Error('of the application');
      };
      await settles(auth.logout());
      await pass(500);
      return logouts === 1;
    },
  },
  {
    id: 'B38',
    says: 'calls reject in the end when the refresh endpoint never responds',
    holds: async app => {
      const auth = stays(app);
      fails(app, () => new Promise(() => undefined));
      return settles(auth.updateToken(), 60_000);
    },
  },
];
