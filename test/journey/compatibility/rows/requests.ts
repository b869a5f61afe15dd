import type { HttpClient } from 'aurelia-fetch-client';
import { json } from '../../defects/application.js';
import { type Application, secondsFromNow, token } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const expired = () => token({ exp: secondsFromNow(-60) });

/** The header that a client sends. */
async function carried(app: Application, client: HttpClient, init?: RequestInit): Promise<string | null> {
  await client.fetch('/orders', init);
  return app.lastRequest.headers.get('authorization');
}

/** The outcome of a request that is rejected with 401. */
function unauthorized(start: (app: Application) => unknown) {
  return async (app: Application) => {
    start(app);
    app.on('GET /orders', () => new Response('', { status: 401 }));
    const outcome = await app
      .configureClient()
      .fetch('/orders')
      .then(
        response => ({ resolves: response }),
        error => ({ rejects: error }),
      );
    await pass(500);
    return [outcome, app.auth.authenticated];
  };
}

export const requestRows: readonly Row[] = [
  ...rowsOf('the Authorization header', [
    [
      'usual',
      'a request',
      app => {
        app.signedIn({}, { access_token: 'a' });
        return carried(app, app.configureClient());
      },
    ],
    [
      'absent',
      'no user is signed in',
      app => {
        app.start();
        return carried(app, app.configureClient());
      },
    ],
    [
      'usual',
      'an interceptor of the application, added later, reads it',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        const client = app.configureClient();
        const read: unknown[] = [];
        client.interceptors.push({
          request: request => {
            read.push(request.headers.get('authorization'));
            return request;
          },
        });
        await client.fetch('/orders');
        return read;
      },
    ],
    [
      'usual',
      'an interceptor of the application, added earlier, does not read it',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        const read: unknown[] = [];
        app.http.interceptors.push({
          request: request => {
            read.push(request.headers.get('authorization'));
            return request;
          },
        });
        await app.configureClient().fetch('/orders');
        return read;
      },
    ],
    [
      'usual',
      'the caller set one',
      app => {
        app.signedIn({}, { access_token: 'a' });
        return carried(app, app.configureClient(), { headers: { Authorization: 'own' } });
      },
    ],
    [
      'usual',
      'a request to another host',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        await app.configureClient().fetch('https://other.example/orders');
        return app.lastRequest.headers.has('authorization');
      },
    ],
    [
      'usual',
      'the base URL of the client on another host',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        app.configureClient().configure(config => config.withBaseUrl('https://api.example.com/'));
        await app.http.fetch('orders');
        return app.lastRequest.headers.has('authorization');
      },
    ],
    [
      'usual',
      'an API over plain http: on a named host, listed in protectedUrls',
      async app => {
        app.signedIn({ protectedUrls: ['http://intranet'] }, { access_token: 'a' });
        app.configureClient().configure(config => config.withBaseUrl('http://intranet/'));
        await app.http.fetch('orders');
        return app.lastRequest.headers.has('authorization');
      },
    ],
    [
      'usual',
      'an API over plain http: on a named host',
      async app => {
        app.signedIn({}, { access_token: 'a' });
        app.configureClient().configure(config => config.withBaseUrl('http://intranet/'));
        await app.http.fetch('orders');
        return app.lastRequest.headers.has('authorization');
      },
    ],
    [
      'wrong type',
      'an expired token without a refresh token',
      app => {
        app.signedIn({}, { access_token: expired() });
        return carried(app, app.configureClient());
      },
    ],
  ]),
  ...rowsOf('a 401', [
    ['absent', 'no user is signed in', unauthorized(app => app.start())],
    ['usual', 'the token has not expired, no refresh token', unauthorized(app => app.signedIn())],
    ['usual', 'with logoutOnInvalidToken', unauthorized(app => app.signedIn({ logoutOnInvalidToken: true }))],
    ['usual', 'without the interceptor', unauthorized(app => app.signedIn({ httpInterceptor: false }))],
    [
      'usual',
      'the refresh is rejected',
      unauthorized(app => {
        app.on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
        app.signedIn({ useRefreshToken: true, refreshTokenUrl: '/auth/token' }, { access_token: expired() });
      }),
    ],
    [
      'usual',
      'a 403 resolves',
      async app => {
        app.signedIn();
        app.on('GET /orders', () => new Response('', { status: 403 }));
        return app.configureClient().fetch('/orders');
      },
    ],
  ]),
];
