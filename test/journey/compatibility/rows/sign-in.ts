import { json, settles } from '../../defects/application.js';
import { type Row, rowsOf } from '../row.js';
import { calling, made, nothing } from './circumstances.js';

const formType = 'application/x-www-form-urlencoded';

export const signInRows: readonly Row[] = [
  ...rowsOf('AuthService.login', [
    ['usual', 'email and password', calling(app => app.auth.login('ada', 'secret'))],
    [
      'usual',
      'email, password, options and redirect',
      calling(app => app.auth.login('ada', 'secret', { mode: 'cors' }, '#/x')),
    ],
    ['usual', 'an object', calling(app => app.auth.login({ name: 'ada' }))],
    ['usual', 'an object, options and redirect', calling(app => app.auth.login({ name: 'ada' }, {}, '#/x'))],
    ['absent', 'nothing', calling(app => app.auth.login())],
    ['absent', 'an empty object', calling(app => app.auth.login({}))],
    [
      'null',
      'null as options, after email and password',
      calling(app => app.auth.login('ada', 'secret', nothing, '#/x')),
    ],
    ['absent', 'the plugin was not configured', app => made(app, () => app.auth.login({ name: 'ada' }))],
    ['wrong type', 'a list', calling(app => app.auth.login(['ada', 'secret']))],
    ['usual', 'an object with toJSON()', calling(app => app.auth.login({ toJSON: () => ({ name: 'ada' }) }))],
    [
      'usual',
      'a content-type in lower case',
      calling(app => app.auth.login({ name: 'ada' }, { headers: { 'content-type': formType } })),
    ],
    ['null', 'null as options, after an object', calling(app => app.auth.login({ name: 'ada' }, nothing, ''))],
    ['null', 'null as redirect', calling(app => app.auth.login({ name: 'ada' }, {}, nothing))],
    ['null', 'null as credentials', calling(app => app.auth.login(nothing))],
    ['null', 'null as password', calling(app => app.auth.login('ada', nothing))],
    ['wrong type', 'a number as credentials', calling(app => app.auth.login(7 as never))],
    ['wrong type', 'true as redirect', calling(app => app.auth.login({ name: 'ada' }, {}, true as never))],
    ['wrong type', '0 as redirect', calling(app => app.auth.login({ name: 'ada' }, {}, 0 as never))],
    [
      'wrong type',
      'a response without a token',
      app => {
        app.on('POST /auth/login', () => json({}));
        return calling(() => app.auth.login({ name: 'ada' }))(app);
      },
    ],
    [
      'wrong type',
      'a rejection by the server',
      app => {
        app.on('POST /auth/login', () => json({}, 401));
        return calling(() => app.auth.login({ name: 'ada' }))(app);
      },
    ],
    [
      'called twice',
      'the later login counts',
      calling(async app => [
        await app.auth.login({ name: 'ada' }),
        await app.auth.login({ name: 'bob' }),
        app.auth.getAccessToken(),
      ]),
    ],
    [
      'usual',
      'form encoding',
      calling(app =>
        app.auth.login(
          { name: 'ada', nested: { a: 1 }, list: ['x', 'y'], yes: true, none: null },
          { headers: { 'Content-Type': formType } },
        ),
      ),
    ],
    [
      'usual',
      'with the client of the configuration',
      calling(app => app.auth.login({ name: 'ada' }), { clientId: 'web', clientSecret: 'hush' }),
    ],
    [
      'usual',
      'request headers',
      async app => {
        await app.start().login({ name: 'ada' });
        return [
          app.lastRequest.headers.get('content-type'),
          app.lastRequest.headers.get('accept'),
          app.lastRequest.headers.get('authorization'),
        ];
      },
    ],
  ]),
  ...rowsOf('AuthService.signup', [
    ['usual', 'name, email and password', calling(app => app.auth.signup('Ada', 'ada', 'secret', {}, '#/x'))],
    ['usual', 'an object', calling(app => app.auth.signup({ name: 'ada' }, {}, '#/x'))],
    ['usual', 'an object, no redirect', calling(app => app.auth.signup({ name: 'ada' }))],
    ['usual', 'without loginOnSignup', calling(app => app.auth.signup({ name: 'ada' }), { loginOnSignup: false })],
    ['null', 'null as options', calling(app => app.auth.signup({ name: 'ada' }, nothing, '#/x'))],
    [
      'null',
      'null as options, after a password',
      calling(app => app.auth.signup('Ada', 'ada', 'secret', nothing, '#/x')),
    ],
    [
      'null',
      'null as redirect',
      calling(app => app.auth.signup({ name: 'ada' }, {}, nothing), { loginOnSignup: false }),
    ],
    ['null', 'null as credentials', calling(app => app.auth.signup(nothing))],
    [
      'wrong type',
      'a response without a token',
      app => {
        app.on('POST /auth/signup', () => json({}));
        return calling(() => app.auth.signup({ name: 'ada' }))(app);
      },
    ],
  ]),
  ...rowsOf('AuthService.logout', [
    ['absent', 'nothing', calling(app => app.auth.logout())],
    ['usual', 'a redirect', calling(app => app.auth.logout('#/x'))],
    ['usual', 'a redirect and a query', calling(app => app.auth.logout('#/x', { a: '1', b: 'x y' } as never))],
    ['null', 'null as redirect', calling(app => app.auth.logout(nothing))],
    ['null', 'null as query', calling(app => app.auth.logout('#/x', nothing))],
    ['null', 'null as provider', calling(app => app.auth.logout('#/x', undefined, nothing))],
    ['wrong type', "'' as provider", calling(app => app.auth.logout('#/x', undefined, ''))],
    ['wrong type', 'a provider without a logout address', calling(app => app.auth.logout('', undefined, 'github'))],
    ['wrong type', 'an unknown provider', calling(app => app.auth.logout('', undefined, 'acme'))],
    ['wrong type', 'a string as query', calling(app => app.auth.logout('#/x', 'a=1'))],
    [
      'called twice',
      'while no user is signed in',
      calling(async app => [await app.auth.logout('#/x'), await app.auth.logout('#/y')]),
    ],
    ['usual', 'with logoutUrl', calling(app => app.auth.logout(), { logoutUrl: '/out' })],
    [
      'usual',
      'with a logoutUrl that fails',
      app => {
        app.on('GET /out', () => json({}, 500));
        return calling(() => app.auth.logout(), { logoutUrl: '/out' })(app);
      },
    ],
  ]),
  ...rowsOf('AuthService.onLogout', [
    [
      'usual',
      'gets the response',
      async app => {
        const told: unknown[] = [];
        const auth = app.signedIn({ logoutUrl: '/out' });
        Object.assign(auth, { onLogout: (response: unknown) => told.push(response) });
        await auth.logout();
        await pass(500);
        return told;
      },
    ],
    [
      'wrong type',
      'no function',
      async app => {
        const auth = app.signedIn();
        Object.assign(auth, { onLogout: 'x' });
        return auth.logout();
      },
    ],
    [
      'null',
      'null',
      async app => {
        const auth = app.signedIn();
        Object.assign(auth, { onLogout: null });
        return auth.logout();
      },
    ],
  ]),
  ...rowsOf('AuthService.authenticate', [
    [
      'wrong type',
      'an unknown name',
      calling(app => settles(Promise.resolve().then(() => app.auth.authenticate('acme')))),
    ],
    ['absent', 'no name', calling(app => app.auth.authenticate(undefined as never))],
    ['null', 'null as name', calling(app => app.auth.authenticate(nothing))],
  ]),
];
