import type { Application } from '../application.js';
import { type Row, rowsOf } from '../row.js';

/** The result of `configure(incoming)`, as the values of these options. */
function configured(app: Application, incoming: unknown, ...names: string[]): unknown {
  const { config } = app;
  config.configure(incoming as object);
  return names.map(name => Reflect.get(config, name));
}

/** Writes one name of an option and reads another. */
function written(app: Application, name: string, value: unknown, read = name): unknown {
  Reflect.set(app.config, name, value);
  return Reflect.get(app.config, read);
}

export const configRows: readonly Row[] = [
  ...rowsOf('BaseConfig.configure', [
    ['usual', 'options replace defaults', app => configured(app, { loginUrl: '/in' }, 'loginUrl', 'signupUrl')],
    ['usual', 'returns nothing', app => app.config.configure({})],
    [
      'usual',
      'a list replaces a list',
      app => configured(app, { globalValueConverters: ['a'] }, 'globalValueConverters'),
    ],
    [
      'usual',
      'providers are merged',
      app => {
        app.config.configure({ providers: { github: { clientId: 'web' }, own: { clientId: 'own' } } });
        const { github, own, google } = app.config.providers;
        return [github.clientId, github.popupOptions, own, google.name];
      },
    ],
    [
      'usual',
      'headers are merged',
      app => configured(app, { defaultHeadersForTokenRequests: { 'X-App': '1' } }, 'defaultHeadersForTokenRequests'),
    ],
    ['usual', 'an unknown name is kept', app => configured(app, { tenant: 'acme' }, 'tenant')],
    ['absent', 'undefined', app => configured(app, undefined, 'loginUrl')],
    ['absent', 'the value undefined', app => configured(app, { loginUrl: undefined }, 'loginUrl')],
    ['null', 'null', app => configured(app, null, 'loginUrl')],
    ['null', 'the value null', app => configured(app, { logoutUrl: '/out', loginUrl: null }, 'logoutUrl', 'loginUrl')],
    ['wrong type', 'a string', app => configured(app, 'ab', 'loginUrl')],
    [
      'called twice',
      'keeps the earlier options',
      app => [configured(app, { loginUrl: '/in' }), configured(app, { signupUrl: '/up' }, 'loginUrl', 'signupUrl')],
    ],
    [
      'subclassed',
      'an own configuration class in the container',
      app => {
        class Own extends app.library.BaseConfig {
          override joinBase(url: string): string {
            return `/own${url}`;
          }
        }
        app.container.registerInstance(app.library.BaseConfig, new Own());
        return app
          .startWith()
          .login({ email: 'ada' }, undefined, '')
          .then(() => app.lastRequest.path);
      },
    ],
  ]),
  ...rowsOf('BaseConfig.joinBase', [
    ['usual', 'an empty base', app => app.config.joinBase('/auth/login')],
    ['usual', 'one slash between', app => [configured(app, { baseUrl: 'http://x/' }), app.config.joinBase('/xy')]],
    ['usual', 'no slash', app => [configured(app, { baseUrl: '/api' }), app.config.joinBase('login')]],
    ['usual', 'a slash at the end', app => [configured(app, { baseUrl: '/api' }), app.config.joinBase('login/')]],
    [
      'usual',
      'an absolute address',
      app => [configured(app, { baseUrl: 'http://x/' }), app.config.joinBase('http://y/z')],
    ],
    ['absent', 'no address', app => app.config.joinBase(undefined as never)],
    ['null', 'null as base', app => [configured(app, { baseUrl: null }), app.config.joinBase('x')]],
    ['null', 'null as address', app => app.config.joinBase(null as never)],
    ['wrong type', 'a number', app => app.config.joinBase(7 as never)],
    [
      'changed later',
      'another base',
      app => [app.start(), written(app, 'baseUrl', '/v2'), app.config.joinBase('/x')].slice(1),
    ],
  ]),
  ...rowsOf('BaseConfig.getOptionsForTokenRequests', [
    [
      'usual',
      'options over the headers',
      app => app.config.getOptionsForTokenRequests({ mode: 'cors', headers: { 'X-App': '1' } }),
    ],
    [
      'usual',
      'a header wins over the default',
      app => app.config.getOptionsForTokenRequests({ headers: { 'Content-Type': 'text/plain' } }),
    ],
    ['absent', 'nothing', app => app.config.getOptionsForTokenRequests()],
    ['null', 'null', app => app.config.getOptionsForTokenRequests(null as never)],
    ['wrong type', 'a string', app => app.config.getOptionsForTokenRequests('ab' as never)],
    [
      'changed later',
      'other default headers',
      app => {
        app.start();
        written(app, 'defaultHeadersForTokenRequests', { 'X-App': '1' });
        return app.config.getOptionsForTokenRequests();
      },
    ],
    [
      'called twice',
      'a fresh object each time',
      app => new Set([1, 2].map(() => app.config.getOptionsForTokenRequests())).size,
    ],
  ]),
  ...(
    [
      ['authToken', 'authTokenType', 'JWT'],
      ['responseTokenProp', 'accessTokenProp', 'data'],
      ['tokenName', 'accessTokenName', 'jwt'],
      ['tokenRoot', 'accessTokenRoot', 'root'],
      ['logoutOnInvalidtoken', 'logoutOnInvalidToken', true],
    ] as const
  ).flatMap(([old, name, value]) =>
    rowsOf(`BaseConfig.${old}`, [
      ['usual', `sets ${name}`, app => written(app, old, value, name)],
      ['usual', 'reads what was set', app => written(app, old, value)],
      ['absent', 'never set', app => Reflect.get(app.config, old)],
      ['changed later', `${name} set instead`, app => [written(app, name, value, old)]],
    ]),
  ),
  ...rowsOf('BaseConfig.tokenPrefix', [
    ['usual', 'reads what was set', app => written(app, 'tokenPrefix', 'app')],
    ['absent', 'never set', app => Reflect.get(app.config, 'tokenPrefix')],
    ['wrong type', "''", app => written(app, 'tokenPrefix', '')],
    [
      'usual',
      'a token of an earlier version is found',
      app => {
        localStorage.setItem('app_token', 'bare');
        return app.start({ tokenPrefix: 'app' }).getAccessToken();
      },
    ],
  ]),
  ...rowsOf('BaseConfig.current', [
    ['usual', 'is the configuration', app => Reflect.get(app.config, 'current') === app.config],
    [
      'changed later',
      'cannot be set',
      app => {
        app.config.current = {};
      },
    ],
  ]),
];
