import { json } from '../../defects/application.js';
import { type Application, hourLong, secondsFromNow, token } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const credentials = { email: 'ada@example.com', password: 'secret' };

const defaults = [
  'client',
  'endpoint',
  'configureEndpoints',
  'loginRedirect',
  'logoutRedirect',
  'loginRoute',
  'loginOnSignup',
  'signupRedirect',
  'expiredRedirect',
  'storageChangedRedirect',
  'storageChangedReload',
  'baseUrl',
  'loginUrl',
  'logoutUrl',
  'logoutMethod',
  'signupUrl',
  'profileUrl',
  'profileMethod',
  'unlinkUrl',
  'unlinkMethod',
  'refreshTokenUrl',
  'authHeader',
  'authTokenType',
  'logoutOnInvalidToken',
  'accessTokenProp',
  'accessTokenName',
  'accessTokenRoot',
  'useRefreshToken',
  'autoUpdateToken',
  'clientId',
  'clientSecret',
  'refreshTokenProp',
  'refreshTokenName',
  'refreshTokenRoot',
  'refreshTokenSubmitProp',
  'keepOldResponseProperties',
  'idTokenProp',
  'idTokenName',
  'idTokenRoot',
  'httpInterceptor',
  'withCredentials',
  'platform',
  'storage',
  'storageKey',
  'getExpirationDateFromResponse',
  'getAccessTokenFromResponse',
  'getRefreshTokenFromResponse',
  'globalValueConverters',
  'defaultHeadersForTokenRequests',
] as const;

/** Sets an option after the start, then does something and says what came of it. */
function afterwards(name: string, value: unknown, observe: (app: Application) => unknown, before: object = {}) {
  return (app: Application) => {
    app.start(before);
    Reflect.set(app.config, name, value);
    return observe(app);
  };
}

/** Sets an option at the start. */
function fromStart(name: string, value: unknown, observe: (app: Application) => unknown, before: object = {}) {
  return (app: Application) => {
    app.start({ ...before, [name]: value });
    return observe(app);
  };
}

type Observed = (app: Application) => unknown;

/** The option at the start, and changed later. */
function live(name: string, value: unknown, observe: Observed, before: object = {}): Row[] {
  return rowsOf(`BaseConfig.${name}`, [
    ['usual', `${name}: ${JSON.stringify(value) ?? 'a function'}`, fromStart(name, value, observe, before)],
    ['changed later', `${name} = ${JSON.stringify(value) ?? 'a function'}`, afterwards(name, value, observe, before)],
  ]);
}

const login: Observed = async app => {
  await app.auth.login(credentials, undefined, '');
  return app.requests;
};
const logout: Observed = async app => {
  await app.auth.logout('');
  return app.requests;
};
const signup: Observed = async app => {
  await app.auth.signup(credentials, undefined, '');
  return [app.requests, app.auth.authenticated];
};
const profile: Observed = async app => {
  await app.auth.getMe();
  await app.auth.updateMe({ name: 'Ada' });
  return app.requests;
};
const unlink: Observed = async app => {
  await app.auth.unlink('github');
  return app.requests;
};
const refresh: Observed = async app => {
  app.auth.setResponseObject({ access_token: hourLong, refresh_token: 'refresh-0' });
  await app.auth.updateToken();
  return [app.requests, app.auth.getAccessToken()];
};
const redirects = (act: (app: Application) => unknown) => async (app: Application) => {
  await act(app);
  return app.redirects;
};
const loginRedirects = redirects(app => app.auth.login(credentials));
const logoutRedirects = redirects(app => app.auth.logout());
const signupRedirects = redirects(app => app.auth.signup(credentials));
const header: Observed = async app => {
  app.auth.setResponseObject({ access_token: 'opaque' });
  await app.configureClient().fetch('/orders');
  return ['authorization', 'x-token'].map(name => app.lastRequest.headers.get(name));
};
const tokens = (response: object) => (app: Application) => {
  app.auth.setResponseObject(response);
  return [app.auth.getAccessToken(), app.auth.getRefreshToken(), app.auth.getIdToken()];
};
const stored: Observed = app => {
  app.auth.setResponseObject({ access_token: 'opaque' });
  const found = [localStorage, sessionStorage].map(area =>
    ['aurelia_authentication', 'own_key'].map(key => area.getItem(key) !== null),
  );
  return [app.auth.authenticated, found];
};
const refreshing = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };
const expiresSoon: Observed = async app => {
  app.auth.setResponseObject({ access_token: token({ exp: secondsFromNow(100) }), refresh_token: 'refresh-0' });
  await pass(110_000);
  await pass(1000);
  return [app.redirects, app.auth.authenticated, app.requests.length];
};
const otherTab =
  (act: () => void): Observed =>
  async app => {
    app.auth.setResponseObject({ access_token: 'opaque' });
    const key = 'aurelia_authentication';
    const oldValue = localStorage.getItem(key);
    act();
    dispatchEvent(
      new StorageEvent('storage', { key, oldValue, newValue: localStorage.getItem(key), storageArea: localStorage }),
    );
    await pass(1000);
    return [app.redirects, app.auth.authenticated];
  };
const signedOutElsewhere = otherTab(() => localStorage.removeItem('aurelia_authentication'));
const byFunction = (name: string) => (response: unknown) => Reflect.get(Object(response), name);

/** Signs in, requests, refreshes and signs out; with the requests and redirects of each. */
async function visit(app: Application, config: object): Promise<unknown> {
  app.startWith({ useRefreshToken: true, ...config });
  const steps: unknown[] = [];
  const step = (work: () => Promise<unknown>) =>
    work().then(
      () => steps.push('resolves'),
      () => steps.push('rejects'),
    );
  await step(() => app.auth.login(credentials));
  await step(() => app.configureClient().fetch('/orders'));
  await step(() => app.auth.updateToken());
  await step(() => app.auth.getMe());
  await step(() => app.auth.logout());
  return [steps, app.requests, app.redirects, app.published, app.auth.authenticated];
}

export const optionRows: readonly Row[] = [
  ...defaults.flatMap(name =>
    rowsOf(`BaseConfig.${name}`, [
      ['absent', 'the default', app => Reflect.get(app.config, name)],
      ['null', 'null, for a whole visit', app => visit(app, { [name]: null })],
      ['absent', 'undefined, for a whole visit', app => visit(app, { [name]: undefined })],
    ]),
  ),
  ...live('loginUrl', '/in', login),
  ...live('baseUrl', '/v2', login),
  ...live('clientId', 'web', login),
  ...live('clientSecret', 'hush', login),
  ...live('defaultHeadersForTokenRequests', { 'Content-Type': 'application/x-www-form-urlencoded' }, login),
  ...live('signupUrl', '/up', signup),
  ...live('loginOnSignup', false, signup),
  ...live('logoutUrl', '/out', logout),
  ...live('logoutMethod', 'post', logout, { logoutUrl: '/out' }),
  ...live('profileUrl', '/me', profile),
  ...live('profileMethod', 'patch', profile),
  ...live('profileMethod', 'post', profile).map(row => ({ ...row, given: 'wrong type' as const })),
  ...live('unlinkUrl', '/un/', unlink),
  ...live('unlinkMethod', 'post', unlink),
  ...live('refreshTokenUrl', '/auth/token', refresh, { useRefreshToken: true }),
  ...live('refreshTokenUrl', null, refresh, { useRefreshToken: true }).map(row => ({ ...row, given: 'null' as const })),
  ...live('useRefreshToken', true, refresh, { refreshTokenUrl: '/auth/token' }),
  ...live('refreshTokenSubmitProp', 'refreshToken', refresh, refreshing),
  ...live('autoUpdateToken', false, expiresSoon, refreshing),
  ...live('loginRedirect', '#/home', loginRedirects),
  ...live('loginRedirect', false, loginRedirects),
  ...live('loginRedirect', 7, loginRedirects).map(row => ({ ...row, given: 'wrong type' as const })),
  ...live('logoutRedirect', '#/bye', logoutRedirects),
  ...live('signupRedirect', '#/welcome', signupRedirects),
  ...live('expiredRedirect', '#/expired', expiresSoon),
  ...live('storageChangedRedirect', '#/changed', signedOutElsewhere),
  ...live('storageChangedReload', true, signedOutElsewhere),
  ...live('authHeader', 'X-Token', header),
  ...live('authTokenType', 'JWT', header),
  ...live('authTokenType', false, header),
  ...live('authTokenType', null, header).map(row => ({ ...row, given: 'null' as const })),
  ...live('httpInterceptor', false, header),
  ...live('accessTokenProp', 'data.access', tokens({ data: { access: 'a' } })),
  ...live('accessTokenName', 'jwt', tokens({ access_token: { jwt: 'a' } })),
  ...live('accessTokenRoot', 'inner', tokens({ access_token: { inner: { token: 'a' } } })),
  ...live('refreshTokenProp', 'r', tokens({ access_token: 'a', r: 'r' }), refreshing),
  ...live('refreshTokenName', 'jwt', tokens({ access_token: 'a', refresh_token: { jwt: 'r' } }), refreshing),
  ...live(
    'refreshTokenRoot',
    'inner',
    tokens({ access_token: 'a', refresh_token: { inner: { token: 'r' } } }),
    refreshing,
  ),
  ...live('idTokenProp', 'i', tokens({ access_token: 'a', i: 'i' })),
  ...live('idTokenName', 'jwt', tokens({ access_token: 'a', id_token: { jwt: 'i' } })),
  ...live('idTokenRoot', 'inner', tokens({ access_token: 'a', id_token: { inner: { token: 'i' } } })),
  ...live('getAccessTokenFromResponse', byFunction('own'), tokens({ own: 'a' })),
  ...live('getRefreshTokenFromResponse', byFunction('own'), tokens({ access_token: 'a', own: 'r' }), refreshing),
  ...live(
    'getExpirationDateFromResponse',
    () => secondsFromNow(60),
    app => {
      app.auth.setResponseObject({ access_token: 'opaque' });
      return Math.abs(app.auth.getTtl() - 60) <= 1;
    },
  ),
  ...live('storage', 'sessionStorage', stored),
  ...live('storageKey', 'own_key', stored),
  ...live(
    'keepOldResponseProperties',
    true,
    async app => {
      app.on('POST /auth/token', () => json({ access_token: hourLong }));
      app.auth.setResponseObject({ access_token: hourLong, refresh_token: 'refresh-0', name: 'Ada' });
      await app.auth.updateToken();
      return Reflect.get(app.auth.authentication.getResponseObject(), 'name');
    },
    refreshing,
  ),
  ...live('logoutOnInvalidToken', true, async app => {
    app.auth.setResponseObject({ access_token: hourLong });
    app.on('GET /orders', () => new Response('', { status: 401 }));
    const outcome = await app
      .configureClient()
      .fetch('/orders')
      .then(
        () => 'resolved',
        () => 'rejected',
      );
    await pass(500);
    return [outcome, app.auth.authenticated];
  }),
  ...rowsOf('BaseConfig.storage', [
    ['wrong type', 'the name of no global', app => app.start({ storage: 'noStorage' }).authenticated],
    ['null', 'null', app => app.start({ storage: null }).authenticated],
    [
      'usual',
      'a global of the application',
      app => {
        const texts = new Map<string, string>();
        Object.assign(globalThis, {
          ownStorage: {
            getItem: (key: string) => texts.get(key) ?? null,
            setItem: (key: string, value: string) => texts.set(key, value),
            removeItem: (key: string) => texts.delete(key),
          },
        });
        app.start({ storage: 'ownStorage' }).setResponseObject({ access_token: 'opaque' });
        return [...texts.keys()];
      },
    ],
  ]),
];
