import { EventAggregator } from 'aurelia-event-aggregator';
import { BindingSignaler } from 'aurelia-templating-resources';
import { type Row, rowsOf } from '../row.js';
import { expired, signedOut } from './circumstances.js';

export const subclassesRows: readonly Row[] = [
  ...rowsOf('AuthService', [
    [
      'absent',
      'the plugin was not configured',
      app => [
        app.auth.authenticated,
        app.auth.authentication instanceof app.library.Authentication,
        app.auth.isAuthenticated(),
      ],
    ],
    [
      'usual',
      'bindingSignaler and eventAggregator',
      signedOut(app => [
        Reflect.get(app.auth, 'bindingSignaler') === app.container.get(BindingSignaler),
        Reflect.get(app.auth, 'eventAggregator') === app.container.get(EventAggregator),
      ]),
    ],
    [
      'usual',
      'the documented constructor',
      app => {
        const { AuthService, Authentication, BaseConfig } = app.library;
        const parts = [Authentication, BaseConfig, BindingSignaler, EventAggregator].map(key => app.container.get(key));
        const auth = new AuthService(...(parts as ConstructorParameters<typeof AuthService>));
        auth.setResponseObject({ access_token: 'a' });
        return [auth.authenticated, auth.getAccessToken()];
      },
    ],
    [
      'subclassed',
      'beside AuthService: one session',
      app => {
        class Own extends app.library.AuthService {}
        app.start();
        app.auth.setResponseObject({ access_token: 'a' });
        const own: Own = app.container.get(Own);
        return [own.getAccessToken(), own.isAuthenticated(), own.authenticated];
      },
    ],
    [
      'subclassed',
      'beside AuthService: signs in for both',
      app => {
        class Own extends app.library.AuthService {}
        app.start();
        const own: Own = app.container.get(Own);
        own.setResponseObject({ access_token: 'b' });
        return [app.auth.isAuthenticated(), app.auth.getAccessToken()];
      },
    ],
    [
      'subclassed',
      'beside AuthService: authenticated of both',
      app => {
        class Own extends app.library.AuthService {}
        app.start();
        const own: Own = app.container.get(Own);
        own.setResponseObject({ access_token: 'b' });
        return [own.authenticated, app.auth.authenticated];
      },
    ],
    [
      'subclassed',
      'setResponseObject replaced: login and logout call it',
      async app => {
        const given: unknown[] = [];
        class Own extends app.library.AuthService {
          override setResponseObject(response: object): void {
            given.push(response);
            super.setResponseObject(response);
          }
        }
        app.start();
        const own: Own = app.container.get(Own);
        given.length = 0;
        await own.login({ name: 'ada' });
        await own.logout();
        return [given, own.authenticated];
      },
    ],
    [
      'subclassed',
      'setResponseObject replaced: a refresh calls it',
      async app => {
        const given: unknown[] = [];
        class Own extends app.library.AuthService {
          override setResponseObject(response: object): void {
            given.push(response);
            super.setResponseObject(response);
          }
        }
        app.signedIn({ useRefreshToken: true });
        const own: Own = app.container.get(Own);
        given.length = 0;
        await own.updateToken();
        return given;
      },
    ],
    [
      'subclassed',
      'in its place',
      app => {
        class Own extends app.library.AuthService {
          own(): string {
            return this.getAccessToken();
          }
        }
        app.container.registerSingleton(app.library.AuthService, Own);
        app.start();
        app.auth.setResponseObject({ access_token: 'a' });
        return [(app.auth as Own).own(), app.auth.authentication instanceof app.library.Authentication];
      },
    ],
    [
      'subclassed',
      'an own constructor',
      app => {
        const { Authentication, BaseConfig } = app.library;
        class Own extends app.library.AuthService {
          static inject = [Authentication, BaseConfig, BindingSignaler, EventAggregator];
          constructor(...parts: ConstructorParameters<typeof app.library.AuthService>) {
            super(...parts);
            this.setResponseObject({ access_token: 'a' });
          }
        }
        app.start();
        const own: Own = app.container.get(Own);
        return [own.getAccessToken(), own.authenticated];
      },
    ],
    [
      'subclassed',
      'getAccessToken replaced: requests carry what it returns',
      async app => {
        class Own extends app.library.AuthService {
          override getAccessToken(): string {
            return 'own';
          }
        }
        app.container.registerSingleton(app.library.AuthService, Own);
        app.signedIn();
        await app.configureClient().fetch('/orders');
        return app.lastRequest.headers.get('authorization');
      },
    ],
    [
      'subclassed',
      'isAuthenticated replaced: requests carry no token',
      async app => {
        class Own extends app.library.AuthService {
          override isAuthenticated(): boolean {
            return false;
          }
        }
        app.container.registerSingleton(app.library.AuthService, Own);
        app.signedIn();
        await app.configureClient().fetch('/orders');
        return app.lastRequest.headers.get('authorization');
      },
    ],
    [
      'subclassed',
      'setResponseObject replaced: login calls it',
      async app => {
        const told: unknown[] = [];
        class Own extends app.library.AuthService {
          override setResponseObject(response: object): void {
            if (response) told.push(Object.keys(response));
            super.setResponseObject(response);
          }
        }
        app.container.registerSingleton(app.library.AuthService, Own);
        app.start();
        await app.auth.login({ name: 'ada' });
        return [told, app.auth.authenticated];
      },
    ],
    [
      'subclassed',
      'updateToken replaced: a 401 calls it',
      async app => {
        let calls = 0;
        class Own extends app.library.AuthService {
          override updateToken(): Promise<boolean> {
            calls += 1;
            return Promise.resolve(false);
          }
        }
        app.container.registerSingleton(app.library.AuthService, Own);
        app.signedIn({ useRefreshToken: true }, { access_token: expired() });
        app.auth.isAuthenticated();
        await pass(500);
        return calls > 0;
      },
    ],
  ]),
];
