import { HttpClient } from 'aurelia-fetch-client';
import { json } from '../../defects/application.js';
import type { Application } from '../application.js';
import { type Row, rowsOf } from '../row.js';
import { nothing } from './circumstances.js';

/** A call of the client with its result and the request. */
async function sent(app: Application, call: (client: Client) => unknown): Promise<unknown> {
  app.start();
  const outcome = await Promise.resolve()
    .then(() => call(app.auth.client))
    .then(
      value => ({ resolves: value }),
      error => ({ rejects: error }),
    );
  return [outcome, app.requests];
}

function sentBy(app: Application): Client {
  app.start();
  return app.config.client;
}

/** An API key or a tenant, as applications set them for every request. */
function withDefaults(client: Client): void {
  Object.assign(Reflect.get(client.defaults, 'headers'), { 'X-Tenant': 'acme' });
}

type Client = Application['auth']['client'];

export const clientRows: readonly Row[] = [
  ...rowsOf('BaseConfig.client', [
    ['usual', 'find(path)', app => sent(app, client => client.find('/users'))],
    [
      'changed later',
      'useTraditionalUriTemplates',
      app =>
        sent(app, client => {
          client.useTraditionalUriTemplates = true;
          return client.find('/users', { list: [1, 2], a: 'x y', none: null });
        }),
    ],
    ['usual', 'find(path, id)', app => sent(app, client => client.find('/users', 5))],
    ['usual', 'find(path, criteria)', app => sent(app, client => client.find('/users', { a: 'x y', list: [1, 2] }))],
    ['usual', 'findOne(path, id)', app => sent(app, client => client.findOne('/users', 5))],
    ['usual', 'findOne(path, id, criteria)', app => sent(app, client => client.findOne('/users', 5, { a: 1 }))],
    ['usual', 'post(path, body)', app => sent(app, client => client.post('/users', { a: 1 }))],
    ['usual', 'create(path, body)', app => sent(app, client => client.create('/users', { a: 1 }))],
    ['usual', 'update(path, id, body)', app => sent(app, client => client.update('/users', 5, { a: 1 }))],
    ['usual', 'update(path, criteria, body)', app => sent(app, client => client.update('/users', { id: 5 }, { a: 1 }))],
    [
      'usual',
      'updateOne(path, id, criteria, body)',
      app => sent(app, client => client.updateOne('/users', 5, { a: 1 }, { b: 2 })),
    ],
    ['usual', 'patch(path, id, body)', app => sent(app, client => client.patch('/users', 5, { a: 1 }))],
    [
      'usual',
      'patchOne(path, id, criteria, body)',
      app => sent(app, client => client.patchOne('/users', 5, { a: 1 }, { b: 2 })),
    ],
    ['usual', 'destroy(path, id)', app => sent(app, client => client.destroy('/users', 5))],
    ['usual', 'destroyOne(path, id, criteria)', app => sent(app, client => client.destroyOne('/users', 5, { a: 1 }))],
    ['usual', 'request(method, path, body)', app => sent(app, client => client.request('POST', '/users', { a: 1 }))],
    ['null', 'find(path, null)', app => sent(app, client => client.find('/users', nothing))],
    ['null', 'post(path, null)', app => sent(app, client => client.post('/users', nothing))],
    ['absent', 'post(path)', app => sent(app, client => client.post('/users'))],
    ['null', 'post(path, body, null)', app => sent(app, client => client.post('/users', { a: 1 }, nothing))],
    [
      'usual',
      'post(path, body, options)',
      async app => {
        await sent(app, client => client.post('/users', { a: 1 }, { headers: { 'X-App': '1' } }));
        return ['x-app', 'content-type', 'accept'].map(name => app.lastRequest.headers.get(name));
      },
    ],
    [
      'usual',
      'post(path, form)',
      async app => {
        await sent(app, client => client.post('/users', new URLSearchParams({ a: '1' })));
        return app.lastRequest.body;
      },
    ],
    [
      'usual',
      'post(joinBase(path))',
      async app => {
        app.start({ baseUrl: '/v2' });
        await app.config.client.post(app.config.joinBase('/auth/forgot'), {});
        return app.requests;
      },
    ],
    [
      'usual',
      'a path without baseUrl',
      async app => {
        app.start({ baseUrl: '/v2' });
        await app.config.client.post('/auth/forgot', {});
        return app.requests;
      },
    ],
    [
      'wrong type',
      'a rejection by the server',
      app => {
        app.on('GET /users', () => json({}, 404));
        return sent(app, client => client.find('/users'));
      },
    ],
    [
      'usual',
      'client.client is the HttpClient',
      app => {
        app.start();
        return app.auth.client.client === app.http;
      },
    ],
    [
      'usual',
      'client.endpoint',
      app => {
        app.registerEndpoints('server');
        app.start({ endpoint: 'server' });
        return app.auth.client.endpoint;
      },
    ],
    [
      'usual',
      'the endpoint of aurelia-api itself',
      app => {
        app.registerEndpoints('server');
        app.start({ endpoint: 'server' });
        return app.auth.client === app.endpoint('server');
      },
    ],
    [
      'changed later',
      'an own client is used by login',
      async app => {
        app.start();
        const told: unknown[] = [];
        app.config.client = {
          post: async (...args: unknown[]) => {
            told.push(args.slice(0, 2));
            return { access_token: 'a' };
          },
        } as never;
        const response = await app.auth.login({ name: 'ada' });
        return [response, told, app.auth.authenticated, app.requests];
      },
    ],
    [
      'changed later',
      'an own client is used by getMe, updateMe, logout and unlink',
      async app => {
        app.start({ logoutUrl: '/out' });
        const told: unknown[] = [];
        const note =
          (name: string) =>
          async (...args: unknown[]) =>
            void told.push([name, ...args]);
        app.config.client = {
          find: note('find'),
          update: note('update'),
          patch: note('patch'),
          post: note('post'),
          request: note('request'),
        } as never;
        await app.auth.getMe(5);
        await app.auth.updateMe({ a: 1 });
        await app.auth.logout('');
        await app.auth.unlink('github');
        return told;
      },
    ],
    [
      'changed later',
      'an own client is used by updateToken',
      async app => {
        app.signedIn({ useRefreshToken: true, refreshTokenUrl: '/auth/token' });
        const told: unknown[] = [];
        app.config.client = {
          post: async (path: string) => {
            told.push(path);
            return { access_token: 'a' };
          },
        } as never;
        return [await app.auth.updateToken(), told, app.auth.getAccessToken(), app.requests];
      },
    ],
    [
      'changed later',
      'a Rest of the application',
      async app => {
        app.registerEndpoints('server');
        app.start();
        app.config.client = app.endpoint('server');
        await app.auth.login({ name: 'ada' }).catch(() => undefined);
        return app.requests;
      },
    ],
    ['usual', 'defaults', app => Reflect.get(sentBy(app), 'defaults')],
    [
      'changed later',
      'defaults of every request',
      async app => {
        app.start({ useRefreshToken: true });
        withDefaults(app.config.client);
        await app.auth.login({ name: 'ada' });
        await app.auth.updateToken();
        await app.auth.getMe();
        await app.auth.client.find('/users');
        return app.seen.map(({ headers, path }) => [path, headers.get('x-tenant'), headers.get('accept')]);
      },
    ],
    [
      'usual',
      'defaults of an endpoint',
      async app => {
        app.registerEndpoints('server');
        withDefaults(app.endpoint('server'));
        for (const path of ['login', 'token']) app.on(`POST /server/auth/${path}`, () => app.tokens());
        app.start({ endpoint: 'server', useRefreshToken: true, refreshTokenUrl: '/auth/token' });
        await app.auth.login({ name: 'ada' });
        await app.auth.updateToken();
        await app.auth.getMe();
        return app.seen.map(({ headers, path }) => [path, headers.get('x-tenant')]);
      },
    ],
    ['absent', 'before the plugin is configured', app => app.config.client],
    [
      'usual',
      'the base URL of the HttpClient',
      async app => {
        app.http.configure(config => config.withBaseUrl('/api/'));
        return sent(app, client => client.find('users'));
      },
    ],
    [
      'changed later',
      'another base URL of the HttpClient',
      async app => {
        app.start();
        app.http.baseUrl = '/api/';
        await app.auth.client.find('users');
        return app.requests;
      },
    ],
    [
      'usual',
      'an HttpClient as endpoint',
      async app => {
        const endpoint = new HttpClient();
        app.startWith((config: { endpoint: unknown }) => {
          config.endpoint = endpoint;
        });
        return app.auth.client.client === endpoint;
      },
    ],
  ]),
];
