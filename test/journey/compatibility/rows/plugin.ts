import { HttpClient } from 'aurelia-fetch-client';
import { type Application, hourLong } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const credentials = { email: 'ada@example.com', password: 'secret' };

/** The address of the login request. */
async function loginUrl(app: Application, config: unknown): Promise<string> {
  await app.startWith(config).login(credentials, undefined, '');
  return app.lastRequest.path;
}

export const pluginRows: readonly Row[] = [
  ...rowsOf('configure', [
    ['usual', 'options', app => loginUrl(app, { loginUrl: '/in' })],
    ['usual', 'a function', app => loginUrl(app, (config: object) => Object.assign(config, { loginUrl: '/in' }))],
    [
      'usual',
      'a function that calls config.configure()',
      app => loginUrl(app, (config: { configure(options: object): void }) => config.configure({ loginUrl: '/in' })),
    ],
    ['absent', 'no options', app => loginUrl(app, undefined)],
    ['null', 'null', app => loginUrl(app, null)],
    ['wrong type', 'a string', app => loginUrl(app, 'loginUrl')],
    ['wrong type', 'a number', app => loginUrl(app, 7)],
    [
      'called twice',
      'on one container: the later options count',
      async app => {
        app.startWith({ loginUrl: '/one' });
        return loginUrl(app, { loginUrl: '/two' });
      },
    ],
    [
      'called twice',
      'on one container: the session stays',
      app => {
        app.signedIn();
        return app.start().getAccessToken() === hourLong;
      },
    ],
    [
      'called twice',
      'on one container: AuthService stays the same',
      app => new Set([app.startWith(), app.startWith()]).size,
    ],
  ]),
  ...rowsOf('BaseConfig.endpoint', [
    [
      'usual',
      'the name of an endpoint',
      app => {
        app.registerEndpoints('server');
        return loginUrl(app, { endpoint: 'server' });
      },
    ],
    [
      'usual',
      "'': the default endpoint",
      app => {
        app.registerEndpoints('server');
        return loginUrl(app, { endpoint: '' });
      },
    ],
    [
      'usual',
      'an HttpClient, in a function',
      app => {
        const client = new HttpClient().configure(config => config.withBaseUrl('/client'));
        return loginUrl(app, (config: object) => Object.assign(config, { endpoint: client }));
      },
    ],
    ['null', 'null: the HttpClient of the container', app => loginUrl(app, { endpoint: null })],
    ['wrong type', 'a name that is not registered', app => app.startWith({ endpoint: 'server' }).authenticated],
    [
      'wrong type',
      'a name that is not registered: the message',
      app => {
        try {
          return app.startWith({ endpoint: 'server' }).authenticated;
        } catch (error) {
          return String(error).includes("There is no 'server' endpoint registered.");
        }
      },
    ],
  ]),
  ...rowsOf('BaseConfig.configureEndpoints', [
    [
      'usual',
      'names: their clients carry the token',
      async app => {
        app.registerEndpoints('server', 'other');
        app.signedIn({ configureEndpoints: ['server'] });
        await clientOf(app, 'server').fetch('/orders');
        const carried = app.lastRequest.headers.has('authorization');
        await clientOf(app, 'other').fetch('/orders');
        return [carried, app.lastRequest.headers.has('authorization')];
      },
    ],
    [
      'usual',
      "['']: the default endpoint",
      async app => {
        app.registerEndpoints('server');
        app.signedIn({ configureEndpoints: [''] });
        await clientOf(app, 'server').fetch('/orders');
        return app.lastRequest.headers.has('authorization');
      },
    ],
    ['null', 'null', app => loginUrl(app, { configureEndpoints: null })],
    ['wrong type', 'a string', app => loginUrl(app, { configureEndpoints: 'server' })],
    ['wrong type', 'a name that is not registered', app => app.startWith({ configureEndpoints: ['server'] })],
  ]),
  ...rowsOf('BaseConfig.globalValueConverters', [
    ['absent', 'one is registered', app => registered(app, {})],
    [
      'usual',
      'two',
      app => registered(app, { globalValueConverters: ['authFilterValueConverter', 'authenticatedValueConverter'] }),
    ],
    ['usual', 'none', app => registered(app, { globalValueConverters: [] })],
  ]),
];

function registered(app: Application, config: object): number {
  app.startWith(config);
  return app.resources.length;
}

/** The HTTP client of an endpoint. */
function clientOf(app: Application, name: string): HttpClient {
  return app.endpoint(name).client;
}
