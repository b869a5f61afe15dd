import { json } from '../../defects/application.js';
import { type Row, rowsOf } from '../row.js';
import { calling, made, nothing, signedOut, thrown } from './circumstances.js';

export const accountRows: readonly Row[] = [
  ...rowsOf('AuthService.getMe', [
    ['absent', 'nothing', calling(app => app.auth.getMe())],
    ['usual', 'an id', calling(app => app.auth.getMe(5))],
    ['usual', 'an id of letters', calling(app => app.auth.getMe('ada'))],
    ['usual', 'criteria', calling(app => app.auth.getMe({ role: 'a b', list: [1, 2] }))],
    ['null', 'null', calling(app => app.auth.getMe(nothing))],
    ['wrong type', 'true', calling(app => app.auth.getMe(true as never))],
    [
      'wrong type',
      'a failed request',
      app => {
        app.on('GET /auth/me', () => json({}, 404));
        return calling(() => app.auth.getMe())(app);
      },
    ],
    [
      'usual',
      'a response without JSON',
      app => {
        app.on('GET /auth/me', () => new Response('hello'));
        return calling(() => app.auth.getMe())(app);
      },
    ],
    [
      'usual',
      'carries the token on a configured client',
      async app => {
        app.signedIn();
        app.configureClient();
        await app.auth.getMe();
        return app.lastRequest.headers.has('authorization');
      },
    ],
    [
      'usual',
      'carries no token on a client that is not configured',
      async app => {
        app.signedIn();
        await app.auth.getMe();
        return app.lastRequest.headers.has('authorization');
      },
    ],
  ]),
  ...rowsOf('AuthService.updateMe', [
    ['usual', 'a body', calling(app => app.auth.updateMe({ name: 'Ada' }))],
    ['usual', 'a body and an id', calling(app => app.auth.updateMe({ name: 'Ada' }, 5))],
    ['usual', 'a body and criteria', calling(app => app.auth.updateMe({ name: 'Ada' }, { a: 1 }))],
    ['null', 'null as criteria', calling(app => app.auth.updateMe({ name: 'Ada' }, nothing))],
    ['null', 'null as body', calling(app => app.auth.updateMe(nothing))],
    ['absent', 'no body', calling(app => app.auth.updateMe(undefined as never))],
  ]),
  ...rowsOf('AuthService.unlink', [
    ['usual', 'a name', calling(app => app.auth.unlink('github'))],
    ['usual', 'a name and a redirect', calling(app => app.auth.unlink('github', '#/x'))],
    ['null', 'null as redirect', calling(app => app.auth.unlink('github', nothing))],
    ['absent', 'no name', calling(app => app.auth.unlink(undefined as never))],
  ]),
  ...rowsOf('AuthService.updateToken', [
    [
      'absent',
      'without a refresh token',
      app => {
        app.start({ useRefreshToken: true });
        return made(app, () => app.auth.updateToken());
      },
    ],
    [
      'absent',
      'without a refresh token: the message',
      app =>
        app
          .start()
          .updateToken()
          .catch((error: unknown) => String(error).includes('refreshToken not set')),
    ],
    [
      'usual',
      'one request for all who call',
      async app => {
        app.signedIn({ useRefreshToken: true, refreshTokenUrl: '/auth/token' });
        return [await Promise.all([app.auth.updateToken(), app.auth.updateToken()]), app.requests];
      },
    ],
    [
      'usual',
      'with the client of the configuration',
      app => {
        app.signedIn({ useRefreshToken: true, clientId: 'web', clientSecret: 'hush' });
        return made(app, () => app.auth.updateToken());
      },
    ],
    [
      'called twice',
      'one after the other',
      async app => {
        app.signedIn({ useRefreshToken: true, refreshTokenUrl: '/auth/token' });
        await app.auth.updateToken();
        await app.auth.updateToken();
        return app.requests;
      },
    ],
    [
      'wrong type',
      'a refusal ends the session',
      async app => {
        app.on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
        const auth = app.signedIn({ useRefreshToken: true, refreshTokenUrl: '/auth/token', expiredRedirect: '#/gone' });
        const rejected = await auth.updateToken().then(
          () => false,
          () => true,
        );
        return [rejected, auth.authenticated, app.redirects];
      },
    ],
  ]),
  ...rowsOf('AuthService.client', [
    ['usual', 'is config.client', signedOut(app => app.auth.client === app.config.client)],
    [
      'changed later',
      'cannot be set',
      signedOut(app => thrown(() => Object.assign(app.auth, { client: {} })) instanceof Error),
    ],
  ]),
];
