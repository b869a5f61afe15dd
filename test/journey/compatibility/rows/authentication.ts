import { type Application, hourLong, secondsFromNow, token } from '../application.js';
import { type Row, rowsOf } from '../row.js';
import { nothing, signedIn, signedOut } from './circumstances.js';

const of = ({ auth }: Application) => auth.authentication;

/** A field or the result of a method. */
const read = (name: string) => (app: Application) => {
  const member: unknown = Reflect.get(of(app), name);
  return typeof member === 'function' ? member.call(of(app)) : member;
};

const jwts = {
  access_token: token({ sub: 'ada', exp: 4_000_000_000 }),
  id_token: token({ sub: 'id' }),
};

/** Where a token is found in a response. */
const tokenCases: readonly (readonly [response: unknown, prop: string, root?: string | false])[] = [
  [{ access_token: 's' }, 'access_token'],
  [{ a: { b: 's' } }, 'a.b'],
  [{ access_token: { token: 's' } }, 'access_token'],
  [{ access_token: { data: { token: 's' } } }, 'access_token', 'data'],
  [{ access_token: { a: { b: { token: 's' } } } }, 'access_token', 'a.b'],
  [{ access_token: { token: 's' } }, 'access_token', 'data'],
  [{ token: 's' }, 'access_token'],
  [{}, 'access_token'],
  ['abc', 'access_token'],
  [{ access_token: 5, token: 't' }, 'access_token'],
  [{ access_token: '' }, 'access_token'],
  [{ access_token: { token: 7 } }, 'access_token'],
  [{ access_token: ['s'] }, 'access_token'],
  [{ access_token: null, token: 't' }, 'access_token'],
  [{ access_token: { token: '' } }, 'access_token'],
  [{}, 'a.b'],
];

const redirectCases: readonly (readonly [target: unknown, standard?: unknown, query?: unknown])[] = [
  ['#/x'],
  ['#/x', '#/y'],
  [undefined, '#/y'],
  [null, '#/y'],
  ['', '#/y'],
  [true, '#/y'],
  [0, '#/y'],
  [false, '#/y'],
  [7, '#/y'],
  [{}, '#/y'],
  [undefined, undefined],
  [undefined, null],
  [undefined, false],
  ['#/x', undefined, { a: '1', b: 'x y' }],
  [undefined, '#/y', { a: '1' }],
  ['#/x', undefined, null],
  ['#/x', undefined, {}],
  ['#/x?a=1', undefined, { b: '2' }],
  ['#/x y'],
  ['#/x%20y'],
  ['https://evil.example/'],
];

export const authenticationRows: readonly Row[] = [
  ...(
    [
      'getAccessToken',
      'getToken',
      'getRefreshToken',
      'getIdToken',
      'getPayload',
      'getIdPayload',
      'getExp',
      'isTokenExpired',
      'isAuthenticated',
      'getResponseObject',
      'responseObject',
      'hasDataStored',
      'getLoginRoute',
      'getLoginRedirect',
      'getLoginUrl',
      'getSignupUrl',
      'getProfileUrl',
    ] as const
  ).flatMap(name =>
    rowsOf(`Authentication.${name}`, [
      ['absent', 'no user is signed in', signedOut(read(name))],
      [
        'usual',
        'JWTs',
        app => {
          app.start().setResponseObject(jwts);
          return read(name)(app);
        },
      ],
    ]),
  ),
  ...(['accessToken', 'refreshToken', 'idToken', 'payload', 'idPayload', 'exp', 'responseAnalyzed'] as const).flatMap(
    name =>
      rowsOf(`Authentication.${name}`, [
        ['absent', 'no user is signed in', signedOut(read(name))],
        [
          'usual',
          'JWTs',
          app => {
            app.start({ useRefreshToken: true }).setResponseObject({ ...jwts, refresh_token: 'r' });
            return read(name)(app);
          },
        ],
        [
          'changed later',
          'signed out',
          app => {
            app.signedIn();
            app.auth.setResponseObject(nothing);
            return read(name)(app);
          },
        ],
      ]),
  ),
  ...rowsOf('Authentication.getTtl', [['usual', 'a JWT', signedIn(app => Math.abs(of(app).getTtl() - 3600) <= 2)]]),
  ...rowsOf('Authentication.setResponseObject', [
    [
      'usual',
      'a response',
      signedOut(app => [
        of(app).setResponseObject({ access_token: 'a' }),
        of(app).getAccessToken(),
        app.auth.isAuthenticated(),
      ]),
    ],
    [
      'null',
      'null',
      signedIn(app => [of(app).setResponseObject(nothing), of(app).getAccessToken(), localStorage.length]),
    ],
    [
      'usual',
      'AuthService.authenticated is left to updateAuthenticated()',
      signedOut(app => [of(app).setResponseObject({ access_token: 'a' }), app.auth.authenticated]),
    ],
  ]),
  ...rowsOf('Authentication.responseObject', [
    [
      'changed later',
      'set',
      signedOut(app => {
        Object.assign(of(app), { responseObject: { access_token: 'a' } });
        return of(app).getAccessToken();
      }),
    ],
    [
      'null',
      'set to null',
      signedIn(app => {
        Object.assign(of(app), { responseObject: null });
        return of(app).getAccessToken();
      }),
    ],
  ]),
  ...rowsOf('Authentication.getResponseObject', [
    [
      'usual',
      'the response as it came',
      app => {
        app.start().setResponseObject({ access_token: 'a', user: { name: 'Ada' } });
        return of(app).getResponseObject();
      },
    ],
    [
      'usual',
      'what is stored',
      app => {
        app.start().setResponseObject({ access_token: 'a', user: 'ada' });
        return Object.entries(JSON.parse(localStorage.getItem('aurelia_authentication') ?? '{}')).filter(([name]) =>
          ['access_token', 'user'].includes(name),
        );
      },
    ],
    [
      'usual',
      'nothing else is stored',
      app => {
        app.start().setResponseObject({ access_token: 'a' });
        return Object.keys(JSON.parse(localStorage.getItem('aurelia_authentication') ?? '{}'));
      },
    ],
    [
      'wrong type',
      'the stored text is no JSON',
      app => {
        localStorage.setItem('aurelia_authentication', '{');
        return app.start().authenticated;
      },
    ],
  ]),
  ...rowsOf('Authentication.getDataFromResponse', [
    ['usual', 'a response', signedOut(app => of(app).getDataFromResponse({ ...jwts }))],
    ['null', 'null', signedOut(app => of(app).getDataFromResponse(nothing))],
  ]),
  ...rowsOf('Authentication.getTokenFromResponse', [
    ...tokenCases.map(
      ([response, prop, root = false]) =>
        [
          typeof response === 'string' || JSON.stringify(response).includes('null')
            ? ('wrong type' as const)
            : ('usual' as const),
          `${JSON.stringify(response)} with ${[prop, 'token', root].join(', ')}`,
          signedOut(app => of(app).getTokenFromResponse(response as object, prop, 'token', root as string)),
        ] as const,
    ),
    ['null', 'null', signedOut(app => of(app).getTokenFromResponse(nothing, 'access_token', 'token', ''))],
    [
      'absent',
      'undefined',
      signedOut(app => of(app).getTokenFromResponse(undefined as never, 'access_token', 'token', '')),
    ],
  ]),
  ...rowsOf('Authentication.updateTokenCallstack', [
    ['usual', 'a list', signedOut(app => Array.isArray(Reflect.get(of(app), 'updateTokenCallstack')))],
  ]),
  ...rowsOf('Authentication.toUpdateTokenCallstack', [
    [
      'usual',
      'waits for resolveUpdateTokenCallstack()',
      async app => {
        app.signedIn();
        const waiting = of(app)
          .toUpdateTokenCallstack()
          .then(
            value => value,
            () => 'rejected',
          );
        of(app).resolveUpdateTokenCallstack('done' as never);
        return Promise.race([waiting, pass(500).then(() => 'pending')]);
      },
    ],
  ]),
  ...rowsOf('Authentication.resolveUpdateTokenCallstack', [
    ['usual', 'no call waits', signedIn(app => of(app).resolveUpdateTokenCallstack({}))],
  ]),
  ...rowsOf('Authentication.authenticate', [
    ['wrong type', 'an unknown name', signedOut(app => of(app).authenticate('acme'))],
    ['absent', 'no name', signedOut(app => of(app).authenticate(undefined as never))],
  ]),
  ...rowsOf('Authentication.logout', [
    ['usual', 'a provider without a logout address', signedOut(app => of(app).logout('github'))],
    ['wrong type', 'an unknown name', signedOut(app => of(app).logout('acme'))],
  ]),
  ...rowsOf(
    'Authentication.redirect',
    redirectCases.map(
      ([target, standard, query]) =>
        [
          target === null || standard === null || query === null
            ? 'null'
            : typeof target === 'string' || target === undefined
              ? 'usual'
              : 'wrong type',
          `redirect(${[target, standard, query].map(value => JSON.stringify(value) ?? 'undefined').join(', ')})`,
          signedOut(app => [of(app).redirect(target as never, standard as never, query as never), app.redirects]),
        ] as const,
    ),
  ),
  ...rowsOf('Authentication', [
    [
      'subclassed',
      'redirect() replaced: login calls it',
      async app => {
        const told: unknown[] = [];
        class Own extends app.library.Authentication {
          override redirect(...targets: unknown[]): void {
            told.push(targets.slice(0, 2));
          }
        }
        app.container.registerSingleton(app.library.Authentication, Own);
        app.startWith();
        await app.auth.login({ name: 'ada' }, undefined, '#/x');
        return [told, app.redirects];
      },
    ],
    [
      'changed later',
      'authentication.redirect replaced on the instance',
      async app => {
        const told: unknown[] = [];
        app.startWith();
        of(app).redirect = (...targets: unknown[]) => told.push(targets.slice(0, 2));
        await app.auth.login({ name: 'ada' }, undefined, '#/x');
        return [told, app.redirects];
      },
    ],
    [
      'subclassed',
      'getAccessToken() replaced',
      app => {
        class Own extends app.library.Authentication {
          override getAccessToken(): string {
            return 'own';
          }
        }
        app.container.registerSingleton(app.library.Authentication, Own);
        return app.signedIn().getAccessToken();
      },
    ],
    [
      'subclassed',
      'getTokenFromResponse() replaced',
      app => {
        class Own extends app.library.Authentication {
          override getTokenFromResponse(response: object): string {
            return Reflect.get(response, 'own');
          }
        }
        app.container.registerSingleton(app.library.Authentication, Own);
        app.start().setResponseObject({ own: 'a' });
        return app.auth.getAccessToken();
      },
    ],
    [
      'usual',
      'its parts',
      signedOut(app =>
        ['storage', 'config', 'oAuth1', 'oAuth2', 'auth0Lock'].map(name =>
          Reflect.get(of(app), name)?.constructor?.name.replace(/^\W+/, ''),
        ),
      ),
    ],
    ['usual', 'is that of the container', signedOut(app => of(app) === app.get('Authentication'))],
    ['usual', 'auth is authentication', signedOut(app => app.auth.auth === of(app))],
    ['absent', 'created alone', app => app.get('Authentication').isAuthenticated()],
    [
      'wrong type',
      'an expired token',
      app => {
        app.start().setResponseObject({ access_token: token({ exp: secondsFromNow(-60) }) });
        return [of(app).isAuthenticated(), of(app).isTokenExpired(), of(app).getAccessToken() !== hourLong];
      },
    ],
  ]),
];
