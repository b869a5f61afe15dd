import { hourLong, token } from '../application.js';
import { type Row, rowsOf } from '../row.js';
import { expired, nothing, signedIn, signedOut, thrown } from './circumstances.js';

const jwts = { access_token: token({ sub: 'ada', exp: 4_000_000_000 }), id_token: token({ sub: 'id' }) };
const getters = [
  'getAccessToken',
  'getCurrentToken',
  'getRefreshToken',
  'getIdToken',
  'getExp',
  'isTokenExpired',
  'getTokenPayload',
  'getIdTokenPayload',
] as const;

export const authStatusRows: readonly Row[] = [
  ...rowsOf('AuthService.authenticated', [
    ['absent', 'no user is signed in', signedOut(app => app.auth.authenticated)],
    ['usual', 'a valid token', signedIn(app => app.auth.authenticated)],
    ['usual', 'an opaque token', signedIn(app => app.auth.authenticated, { access_token: 'opaque' })],
    ['wrong type', 'an expired token', signedIn(app => app.auth.authenticated, { access_token: expired() })],
    ['changed later', 'the stored session is removed', signedIn(app => [localStorage.clear(), app.auth.authenticated])],
    [
      'usual',
      'signal before event, once each',
      signedIn(app => [
        app.auth.setResponseObject({ access_token: 'other' }),
        app.auth.setResponseObject(nothing),
        app.published,
      ]),
    ],
  ]),
  ...rowsOf('AuthService.isAuthenticated', [
    ['absent', 'no user is signed in', signedOut(app => app.auth.isAuthenticated())],
    ['usual', 'a valid token', signedIn(app => app.auth.isAuthenticated())],
    ['wrong type', 'an expired token', signedIn(app => app.auth.isAuthenticated(), { access_token: expired() })],
    ['null', 'null as callback', signedIn(app => app.auth.isAuthenticated(nothing))],
    ['wrong type', 'a string as callback', signedIn(app => app.auth.isAuthenticated('x' as never))],
    [
      'usual',
      'calls back after it returned',
      async app => {
        app.signedIn();
        const told: unknown[] = [];
        app.auth.isAuthenticated(value => told.push(value));
        const before = told.length;
        await pass(500);
        return [before, told];
      },
    ],
    [
      'changed later',
      'the application removes the stored session',
      signedIn(app => [localStorage.removeItem('aurelia_authentication'), app.auth.isAuthenticated()]),
    ],
    [
      'changed later',
      'the stored session is removed, and authenticated after that',
      signedIn(app => [
        localStorage.removeItem('aurelia_authentication'),
        app.auth.isAuthenticated(),
        app.auth.authenticated,
      ]),
    ],
    [
      'changed later',
      'the application stores a session',
      signedOut(app => {
        localStorage.setItem('aurelia_authentication', JSON.stringify({ access_token: 'opaque' }));
        return [app.auth.isAuthenticated(), app.auth.getAccessToken()];
      }),
    ],
    [
      'changed later',
      'the application clears the storage',
      signedIn(app => [localStorage.clear(), app.auth.isAuthenticated(), app.auth.getAccessToken()]),
    ],
  ]),
  ...rowsOf('AuthService.setResponseObject', [
    [
      'usual',
      'a response signs in',
      signedOut(app => [app.auth.setResponseObject({ access_token: 'a' }), app.auth.authenticated, app.redirects]),
    ],
    [
      'null',
      'null signs out',
      signedIn(app => [app.auth.setResponseObject(nothing), app.auth.authenticated, app.redirects, app.requests]),
    ],
    [
      'absent',
      'undefined signs out',
      signedIn(app => [app.auth.setResponseObject(undefined as never), app.auth.authenticated]),
    ],
    ['wrong type', '0 signs out', signedIn(app => [app.auth.setResponseObject(0 as never), app.auth.authenticated])],
    ['wrong type', 'a string', signedOut(app => app.auth.setResponseObject('abc' as never))],
    [
      'wrong type',
      'a response without a token changes nothing',
      signedIn(app => {
        const attempt = () => app.auth.setResponseObject({ user: 'ada' });
        return [thrown(attempt) instanceof Error, app.auth.getAccessToken() === hourLong];
      }),
    ],
    [
      'wrong type',
      'a response without a token: the message',
      signedOut(app => String(thrown(() => app.auth.setResponseObject({}))).includes('Token not found in response')),
    ],
    [
      'wrong type',
      'a response without a token: error.responseObject',
      signedOut(app =>
        Reflect.get(Object(thrown(() => app.auth.setResponseObject({ user: 'ada' }))), 'responseObject'),
      ),
    ],
    [
      'called twice',
      'the later response counts',
      signedIn(app => [app.auth.setResponseObject({ access_token: 'b' }), app.auth.getAccessToken(), app.published]),
    ],
  ]),
  ...rowsOf('AuthService.updateAuthenticated', [
    ['usual', 'called by an application', signedIn(app => [app.auth.updateAuthenticated(), app.auth.authenticated])],
    [
      'changed later',
      'after the application removed the stored session',
      signedIn(app => [
        localStorage.clear(),
        app.auth.isAuthenticated(),
        app.auth.updateAuthenticated(),
        app.auth.authenticated,
      ]),
    ],
  ]),
  ...getters.flatMap(name =>
    rowsOf(`AuthService.${name}`, [
      ['absent', 'no user is signed in', signedOut(app => app.auth[name]())],
      ['usual', 'an opaque token', signedIn(app => app.auth[name](), { access_token: 'opaque' })],
      ['usual', 'a JWT', signedIn(app => app.auth[name](), jwts)],
    ]),
  ),
  ...rowsOf('AuthService.getTtl', [
    ['absent', 'no user is signed in', signedOut(app => app.auth.getTtl())],
    ['usual', 'an opaque token', signedIn(app => app.auth.getTtl(), { access_token: 'opaque' })],
    ['usual', 'a JWT', signedIn(app => Math.abs(app.auth.getTtl() - 3600) <= 2)],
    ['wrong type', 'an expired token', signedIn(app => app.auth.getTtl() <= -60, { access_token: expired() })],
  ]),
];
