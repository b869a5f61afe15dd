import { Config } from 'aurelia-api';
import { HttpClient, type Interceptor } from 'aurelia-fetch-client';
import { json } from '../../defects/application.js';
import type { Application } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const of = (app: Application) => app.get('FetchConfig');

/** The header that a client sends. */
async function carried(app: Application, client: HttpClient, init?: RequestInit): Promise<string | null> {
  await client.fetch('/orders', init);
  return app.lastRequest.headers.get('authorization');
}

export const fetchConfigRows: readonly Row[] = [
  ...rowsOf('FetchConfig.configure', [
    [
      'usual',
      'of one made with the documented constructor',
      app => {
        app.signedIn({}, { access_token: 'a' });
        new app.library.FetchConfig(app.http, app.container.get(Config), app.auth as never, app.config).configure(
          app.http,
        );
        return carried(app, app.http);
      },
    ],
    [
      'subclassed',
      'with the documented constructor',
      app => {
        class Own extends app.library.FetchConfig {
          static inject = [HttpClient, Config, app.library.AuthService, app.library.BaseConfig];
        }
        app.signedIn({}, { access_token: 'a' });
        (app.container.get(Own) as Own).configure(app.http);
        return carried(app, app.http);
      },
    ],
    [
      'subclassed',
      'interceptor replaced',
      async app => {
        class Own extends app.library.FetchConfig {}
        Object.defineProperty(Own.prototype, 'interceptor', {
          get: () => ({
            request: (request: Request) => {
              request.headers.set('X-Own', '1');
              return request;
            },
          }),
        });
        app.signedIn({}, { access_token: 'a' });
        (app.container.get(Own) as typeof Own.prototype).configure(app.http);
        return [await carried(app, app.http), app.lastRequest.headers.get('x-own')];
      },
    ],
    [
      'usual',
      'an HttpClient',
      app => {
        app.signedIn({}, { access_token: 'a' });
        of(app).configure(app.http);
        return carried(app, app.http);
      },
    ],
    [
      'usual',
      'returns the client',
      app => {
        app.start();
        return of(app).configure(app.http) === app.http;
      },
    ],
    [
      'absent',
      'nothing: the HttpClient of the container',
      app => {
        app.start();
        return (of(app) as unknown as { configure(): unknown }).configure() === app.http;
      },
    ],
    [
      'null',
      'null',
      app => {
        app.start();
        return of(app).configure(null as never) === app.http;
      },
    ],
    [
      'wrong type',
      'a number',
      app => {
        app.start();
        return of(app).configure(7 as never) === app.http;
      },
    ],
    [
      'wrong type',
      'an object',
      app => {
        app.start();
        return of(app).configure({} as never) === app.http;
      },
    ],
    [
      'wrong type',
      'an unknown endpoint',
      app => {
        app.start();
        return of(app).configure('acme' as never);
      },
    ],
    [
      'usual',
      'an endpoint',
      app => {
        app.registerEndpoints('server');
        app.start();
        return of(app).configure('server' as never) === app.endpoint('server').client;
      },
    ],
    [
      'usual',
      "'': the default endpoint",
      app => {
        app.registerEndpoints('server');
        app.start();
        return of(app).configure('' as never) === app.endpoint('server').client;
      },
    ],
    [
      'usual',
      'a Rest',
      app => {
        app.registerEndpoints('server');
        app.start();
        return of(app).configure(app.endpoint('server')) === app.endpoint('server').client;
      },
    ],
    [
      'usual',
      'a list',
      app => {
        app.registerEndpoints('a', 'b');
        app.start();
        return (of(app).configure(['a', 'b']) as HttpClient[]).length;
      },
    ],
    [
      'called twice',
      'one header',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        app.configureClient();
        app.configureClient();
        return carried(app, app.http);
      },
    ],
    [
      'changed later',
      'the client loses its interceptors',
      app => {
        app.signedIn({}, { access_token: 'a' });
        app.configureClient();
        app.http.interceptors = [];
        return carried(app, app.http);
      },
    ],
    [
      'changed later',
      'signed in after it',
      app => {
        app.start();
        app.configureClient();
        app.auth.setResponseObject({ access_token: 'a' });
        return carried(app, app.http);
      },
    ],
    [
      'absent',
      'before the plugin is configured',
      app => {
        app.configureClient();
        app.signedIn({}, { access_token: 'a' });
        return carried(app, app.http);
      },
    ],
  ]),
  ...rowsOf('FetchConfig.interceptor', [
    [
      'usual',
      'has request and response',
      app => {
        app.start();
        return ['request', 'response'].map(name => typeof Reflect.get(Object(of(app).interceptor), name));
      },
    ],
    [
      'usual',
      'given to another client: requests carry the token',
      app => {
        app.signedIn({}, { access_token: 'a' });
        const client = new HttpClient();
        client.interceptors.push(of(app).interceptor as Interceptor);
        return carried(app, client);
      },
    ],
    [
      'usual',
      'a 401 for another client, while no user is signed in',
      async app => {
        app.start();
        app.on('GET /orders', () => new Response('', { status: 401 }));
        const client = new HttpClient();
        client.interceptors.push(of(app).interceptor as Interceptor);
        return client.fetch('/orders').then(
          () => 'resolves',
          () => 'rejects',
        );
      },
    ],
    [
      'usual',
      'request() called by the application',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        const request = await of(app).interceptor.request(new Request('/orders'));
        return request.headers.get('authorization');
      },
    ],
    [
      'absent',
      'request() while no user is signed in',
      async app => {
        app.start();
        const request = await of(app).interceptor.request(new Request('/orders'));
        return request.headers.get('authorization');
      },
    ],
    [
      'usual',
      'response() called by the application',
      async app => {
        app.signedIn();
        return of(app).interceptor.response(json({}), new Request('/orders'));
      },
    ],
    [
      'called twice',
      'a new object each time',
      app => {
        app.start();
        return new Set([1, 2].map(() => of(app).interceptor)).size;
      },
    ],
  ]),
];
