import { secondsFromNow, token } from '../application.js';
import { type Row, rowsOf } from '../row.js';
import { signedIn, signedOut } from './circumstances.js';

export const timersRows: readonly Row[] = [
  ...(['timeoutID', 'setTimeout', 'clearTimeout', 'storageEventHandler'] as const).flatMap(name =>
    rowsOf(`AuthService.${name}`, [['usual', 'its type', signedIn(app => typeof app.auth[name])]]),
  ),
  ...rowsOf('AuthService.timeoutID', [
    ['usual', 'a timer is set', signedIn(app => app.auth.timeoutID !== 0)],
    ['absent', 'no user is signed in', signedOut(app => app.auth.timeoutID)],
    ['called twice', 'after clearTimeout()', signedIn(app => [app.auth.clearTimeout(), app.auth.timeoutID])],
  ]),
  ...rowsOf('AuthService.setTimeout', [
    [
      'usual',
      'ends the session after the time',
      async app => {
        app.signedIn({ expiredRedirect: '#/gone' });
        app.auth.setTimeout(1000);
        await pass(2000);
        return [app.auth.authenticated, app.redirects];
      },
    ],
  ]),
  ...rowsOf('AuthService.clearTimeout', [
    [
      'usual',
      'the session does not end by itself',
      async app => {
        app.signedIn({ expiredRedirect: '#/gone' }, { access_token: token({ exp: secondsFromNow(100) }) });
        app.auth.clearTimeout();
        await pass(110_000);
        return [app.auth.authenticated, app.redirects];
      },
    ],
  ]),
  ...rowsOf('AuthService.storageEventHandler', [
    [
      'usual',
      'another tab signed in',
      async app => {
        app.start();
        const newValue = JSON.stringify({ access_token: 'opaque' });
        app.auth.storageEventHandler({ key: 'aurelia_authentication', oldValue: null, newValue });
        await pass(500);
        return app.auth.authenticated;
      },
    ],
  ]),
];
