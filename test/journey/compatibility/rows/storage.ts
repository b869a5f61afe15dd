import type { Application } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const of = (app: Application) => app.get('Storage');

export const storageRows: readonly Row[] = [
  ...rowsOf('Storage', [
    [
      'usual',
      'set, get and remove',
      app => [
        of(app).set('k', 'v'),
        of(app).get('k'),
        localStorage.getItem('k'),
        of(app).remove('k'),
        of(app).get('k'),
      ],
    ],
    ['absent', 'a key that is not there', app => of(app).get('k')],
    ['null', 'set to null', app => [of(app).set('k', null as never), of(app).get('k')]],
    ['wrong type', 'set to a number', app => [of(app).set('k', 7 as never), of(app).get('k')]],
    ['absent', 'set without a value', app => [of(app).set('k', undefined as never), of(app).get('k')]],
    ['called twice', 'the later value counts', app => [of(app).set('k', 'v'), of(app).set('k', 'w'), of(app).get('k')]],
    [
      'changed later',
      'another storage',
      app => {
        app.start();
        app.config.storage = 'sessionStorage';
        of(app).set('k', 'v');
        return [localStorage.getItem('k'), sessionStorage.getItem('k')];
      },
    ],
    [
      'wrong type',
      'the name of no global',
      app => {
        app.config.storage = 'noStorage';
        return of(app).get('k');
      },
    ],
    [
      'subclassed',
      'in its place: the session is read from it',
      app => {
        class Own extends app.library.Storage {
          override get(key: string): string {
            return key === 'aurelia_authentication' ? JSON.stringify({ access_token: 'own' }) : super.get(key);
          }
        }
        app.container.registerSingleton(app.library.Storage, Own);
        return app.start().getAccessToken();
      },
    ],
  ]),
  ...rowsOf('the stored session', [
    [
      'usual',
      'is found by the next page',
      app => {
        localStorage.setItem('aurelia_authentication', JSON.stringify({ access_token: 'a', id_token: 'i' }));
        return [app.start().authenticated, app.auth.getAccessToken(), app.auth.getIdToken(), app.published];
      },
    ],
    [
      'usual',
      'a refresh token',
      app => {
        localStorage.setItem('aurelia_authentication', JSON.stringify({ access_token: 'a', refresh_token: 'r' }));
        return app.start({ useRefreshToken: true }).getRefreshToken();
      },
    ],
    [
      'usual',
      'a bare token of version 1 or 2',
      app => {
        localStorage.setItem('aurelia_token', 'bare');
        return [app.start().getAccessToken(), localStorage.getItem('aurelia_token')];
      },
    ],
    [
      'wrong type',
      'no JSON',
      app => {
        localStorage.setItem('aurelia_authentication', '{');
        return app.start().authenticated;
      },
    ],
    [
      'wrong type',
      'JSON without a token',
      app => {
        localStorage.setItem('aurelia_authentication', '{"user":"ada"}');
        return app.start().authenticated;
      },
    ],
    [
      'null',
      'the text null',
      app => {
        localStorage.setItem('aurelia_authentication', 'null');
        return app.start().authenticated;
      },
    ],
    ['absent', 'nothing', app => app.start().authenticated],
    [
      'changed later',
      'the key of the session is removed after logout',
      async app => {
        app.signedIn();
        await app.auth.logout('');
        return localStorage.getItem('aurelia_authentication');
      },
    ],
  ]),
];
