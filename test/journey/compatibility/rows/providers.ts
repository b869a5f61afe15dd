import { json } from '../../defects/application.js';
import type { Application } from '../application.js';
import { type Row, rowsOf } from '../row.js';
import { eventually } from './circumstances.js';

interface Opened {
  address: URL | undefined;
  features: string;
}

/** Opens no window, but one in which the provider responds at once with these parameters. Records its address and features. */
function windows(respond: (address: URL) => string | undefined): Opened {
  const opened: Opened = { address: undefined, features: '' };
  const there = { host: 'provider.example', search: '', hash: '', href: 'https://provider.example/' };
  const popup = {
    closed: false,
    location: { ...there, assign: go, replace: go },
    focus: () => undefined,
    close: () => undefined,
  };
  function go(address: string): void {
    opened.address = new URL(address);
    const search = respond(opened.address);
    if (search === undefined) popup.closed = true;
    else Object.assign(popup.location, { host: location.host, search, href: `${location.origin}/${search}` });
  }
  globalThis.open = (address, _name, features) => {
    opened.features = String(features);
    if (String(address).startsWith('https:')) go(String(address));
    return popup as unknown as Window;
  };
  return opened;
}

const acme = {
  name: 'acme',
  url: '/auth/acme',
  authorizationEndpoint: 'https://acme.example/authorize',
  redirectUri: 'https://app.example/',
  clientId: 'web',
  scope: ['a', 'b'],
  scopeDelimiter: ' ',
  requiredUrlParams: ['scope'],
  oauthType: '2.0',
  state: () => 'fixed',
};

const succeeds = (address: URL) => `?code=c&state=${address.searchParams.get('state') ?? ''}`;

/** Signs in at `acme`, and says what both servers were sent. */
async function signsIn(
  app: Application,
  provider: object = {},
  comeBack = succeeds,
  config: object = {},
): Promise<unknown> {
  const seen = windows(comeBack);
  app.on('POST /auth/acme', () => json({ access_token: 'a' }));
  app.start({ providers: { acme: { ...acme, ...provider } }, ...config });
  const outcome = app.auth.authenticate('acme').then(
    value => ({ resolves: value }),
    error => ({ rejects: error }),
  );
  const told = await eventually(outcome);
  const { state, code_challenge, code_challenge_method, nonce, ...parameters } = Object.fromEntries(
    seen.address?.searchParams ?? [],
  );
  const [exchange] = app.seen;
  const { state: sent, code_verifier, ...body } = JSON.parse(exchange?.body || '{}');
  return [told, parameters, exchange?.path, body, app.auth.authenticated];
}

export const providerRows: readonly Row[] = [
  ...rowsOf('AuthService.authenticate', [
    ['usual', 'a provider of the configuration', app => signsIn(app)],
    ['usual', 'an optional parameter', app => signsIn(app, { optionalUrlParams: ['display'], display: 'popup' })],
    ['usual', 'a scope prefix', app => signsIn(app, { scopePrefix: 'openid' })],
    ['usual', 'a scope as text', app => signsIn(app, { scope: 'a b' })],
    ['usual', 'a function as parameter', app => signsIn(app, { requiredUrlParams: ['tenant'], tenant: () => 'acme' })],
    [
      'usual',
      'responseType token',
      app =>
        signsIn(
          app,
          { responseType: 'token' },
          address => `?access_token=t&state=${address.searchParams.get('state')}`,
        ),
    ],
    ['usual', 'baseUrl', app => signsIn(app, {}, succeeds, { baseUrl: '/v2' })],
    ['null', 'no scope', app => signsIn(app, { scope: null })],
    ['wrong type', 'type instead of oauthType', app => signsIn(app, { oauthType: undefined, type: '2.0' })],
    ['wrong type', 'a wrong state comes back', app => signsIn(app, {}, () => '?code=c&state=wrong')],
    ['absent', 'no state comes back', app => signsIn(app, {}, () => '?code=c')],
    ['wrong type', 'an error comes back', app => signsIn(app, {}, () => '?error=access_denied')],
    ['wrong type', 'the user closes the window', app => signsIn(app, {}, () => undefined as never)],
    [
      'changed later',
      'the provider is added after the start',
      async app => {
        windows(succeeds);
        app.on('POST /auth/acme', () => json({ access_token: 'a' }));
        app.start();
        app.config.configure({ providers: { acme } });
        await eventually(app.auth.authenticate('acme'));
        return app.auth.getAccessToken();
      },
    ],
    [
      'usual',
      'userData is sent along',
      async app => {
        windows(succeeds);
        app.start({ providers: { acme } });
        await eventually(app.auth.authenticate('acme', '', { tenant: 'acme' }));
        return Reflect.get(JSON.parse(app.lastRequest.body), 'tenant');
      },
    ],
    [
      'null',
      'null as userData',
      async app => {
        windows(succeeds);
        app.on('POST /auth/acme', () => json({ access_token: 'a' }));
        app.start({ providers: { acme } });
        await eventually(app.auth.authenticate('acme', '', null as never));
        return app.auth.authenticated;
      },
    ],
    [
      'usual',
      'a redirect',
      async app => {
        windows(succeeds);
        app.on('POST /auth/acme', () => json({ access_token: 'a' }));
        app.start({ providers: { acme } });
        await eventually(app.auth.authenticate('acme', '#/x'));
        return app.redirects;
      },
    ],
  ]),
  ...rowsOf('BaseConfig.withCredentials', [
    [
      'usual',
      'true',
      async app => {
        await signsIn(app);
        return app.lastRequest.credentials;
      },
    ],
    [
      'changed later',
      'false',
      async app => {
        await signsIn(app, {}, succeeds, { withCredentials: false });
        return app.lastRequest.credentials;
      },
    ],
  ]),
  ...rowsOf('BaseConfig.providers', [
    ['absent', 'the known names', app => Object.keys(app.config.providers)],
    [
      'absent',
      'their addresses at the server',
      app => Object.values(app.config.providers as Record<string, { url?: string }>).map(({ url }) => url),
    ],
    [
      'absent',
      'their scopes',
      app => Object.values(app.config.providers as Record<string, { scope?: unknown }>).map(({ scope }) => scope),
    ],
    [
      'absent',
      'their authorization endpoints',
      app =>
        Object.values(app.config.providers as Record<string, { authorizationEndpoint?: unknown }>).map(
          one => one.authorizationEndpoint,
        ),
    ],
    [
      'usual',
      'a known one is extended',
      app => {
        app.start({ providers: { google: { clientId: 'web' } } });
        return app.config.providers.google.scope;
      },
    ],
    ['null', 'null', app => app.start({ providers: null }).authenticated],
  ]),
  ...rowsOf('AuthService.logout', [
    [
      'usual',
      'a provider with a logout address',
      async app => {
        const seen = windows(() => '?state=fixed');
        app.signedIn(
          {
            providers: {
              acme: {
                ...acme,
                logoutEndpoint: 'https://acme.example/out',
                postLogoutRedirectUri: 'https://app.example/',
              },
            },
          },
          { id_token: 'i' },
        );
        localStorage.setItem('acme_state', 'fixed');
        await eventually(app.auth.logout('', undefined, 'acme'));
        const { state, ...parameters } = Object.fromEntries(seen.address?.searchParams ?? []);
        return [seen.address?.host, parameters, app.auth.authenticated];
      },
    ],
  ]),
  ...(['OAuth1', 'OAuth2', 'AuthLock'] as const).flatMap(name => [
    ...rowsOf(name, [['usual', 'has open()', app => typeof Reflect.get(app.get(name), 'open')]]),
    ...rowsOf(`${name}.open`, [
      ['wrong type', 'a provider without addresses', app => rejects(() => app.get(name).open({ name: 'x' }, {}))],
    ]),
  ]),
  ...(['exchangeForToken', 'buildQuery', 'close', 'buildLogoutQuery'] as const).flatMap(name =>
    rowsOf(`OAuth2.${name}`, [['usual', 'its type', app => typeof Reflect.get(app.get('OAuth2'), name)]]),
  ),
  ...rowsOf('OAuth2.buildQuery', [
    ['usual', 'the parameters of a provider', app => app.get('OAuth2').buildQuery(acme as never)],
  ]),
  ...rowsOf('OAuth2.open', [
    [
      'usual',
      'resolves the tokens and does not sign in',
      async app => {
        windows(succeeds);
        app.on('POST /auth/acme', () => json({ access_token: 'a' }));
        app.start();
        return [await eventually(app.get('OAuth2').open(acme, {})), app.auth.authenticated];
      },
    ],
  ]),
  ...rowsOf('OAuth1.exchangeForToken', [
    ['usual', 'its type', app => typeof Reflect.get(app.get('OAuth1'), 'exchangeForToken')],
  ]),
  ...rowsOf('Popup', [
    [
      'usual',
      'open() and pollPopup()',
      async app => {
        const seen = windows(() => '?a=1&b=x%20y');
        const popup = app.get('Popup').open('https://acme.example/', 'acme', { width: 300, height: 200 });
        return [await eventually(popup.pollPopup()), seen.features.includes('width=300')];
      },
    ],
    [
      'absent',
      'open() without options',
      async app => {
        const seen = windows(() => '?a=1');
        app.get('Popup').open('https://acme.example/', 'acme');
        return seen.features.includes('width=500');
      },
    ],
    [
      'null',
      'open() with null as options',
      app => {
        windows(() => '?a=1');
        return typeof app.get('Popup').open('https://acme.example/', 'acme', null as never);
      },
    ],
    [
      'wrong type',
      'an error comes back',
      async app => {
        windows(() => '?error=denied');
        const polled = app
          .get('Popup')
          .open('https://acme.example/', 'acme')
          .pollPopup()
          .then(
            value => ({ resolves: { ...value } }),
            error => ({ rejects: error }),
          );
        return eventually(polled);
      },
    ],
    ['absent', 'pollPopup() without open()', async app => app.get('Popup').pollPopup()],
    ['usual', 'eventListener()', app => typeof app.get('Popup').eventListener],
  ]),
];

/** Whether a call rejects, or throws. */
async function rejects(call: () => Promise<unknown>): Promise<unknown> {
  const outcome = Promise.resolve()
    .then(call)
    .then(
      () => false,
      () => true,
    );
  return eventually(outcome);
}
