import { type Application, hourLong } from '../application.js';
import { type Row, rowsOf } from '../row.js';

const routes = [
  { config: { name: 'open' } },
  { config: { name: 'for users', auth: true } },
  { config: { name: 'for guests', auth: false } },
  { config: { name: 'by name', auth: 'yes' } },
];

/** The names of the routes that are left. */
function kept(app: Application, converter: Converter, ...args: unknown[]): unknown {
  const left = Reflect.apply(app.get(converter).toView, app.get(converter), args) as typeof routes;
  return left.map(({ config }) => config.name);
}

type Converter = 'AuthFilterValueConverter' | 'AuthenticatedFilterValueConverter';

const signedIn = (read: (app: Application) => unknown) => (app: Application) => {
  app.start().setResponseObject({ access_token: hourLong });
  return read(app);
};

export const converterRows: readonly Row[] = [
  ...rowsOf('AuthFilterValueConverter', [
    ['usual', 'signed in', app => kept(app, 'AuthFilterValueConverter', routes, true)],
    ['usual', 'signed out', app => kept(app, 'AuthFilterValueConverter', routes, false)],
    ['absent', 'no argument', app => kept(app, 'AuthFilterValueConverter', routes)],
    ['null', 'null as argument', app => kept(app, 'AuthFilterValueConverter', routes, null)],
    ['wrong type', "'' as argument", app => kept(app, 'AuthFilterValueConverter', routes, '')],
    ['null', 'no routes', app => kept(app, 'AuthFilterValueConverter', null, true)],
    ['absent', 'an empty list', app => kept(app, 'AuthFilterValueConverter', [], true)],
  ]),
  ...rowsOf('AuthenticatedFilterValueConverter', [
    ['usual', 'signed in', signedIn(app => kept(app, 'AuthenticatedFilterValueConverter', routes))],
    [
      'absent',
      'no user signed in',
      app => {
        app.start();
        return kept(app, 'AuthenticatedFilterValueConverter', routes);
      },
    ],
    ['usual', 'an argument', signedIn(app => kept(app, 'AuthenticatedFilterValueConverter', routes, false))],
    ['null', 'null as argument', signedIn(app => kept(app, 'AuthenticatedFilterValueConverter', routes, null))],
    ['null', 'no routes', signedIn(app => kept(app, 'AuthenticatedFilterValueConverter', null))],
    [
      'changed later',
      'signed out',
      signedIn(app => {
        app.auth.setResponseObject(null as never);
        return kept(app, 'AuthenticatedFilterValueConverter', routes);
      }),
    ],
  ]),
  ...rowsOf('AuthenticatedValueConverter', [
    ['usual', 'signed in', signedIn(app => app.get('AuthenticatedValueConverter').toView())],
    [
      'absent',
      'no user signed in',
      app => {
        app.start();
        return app.get('AuthenticatedValueConverter').toView();
      },
    ],
    [
      'wrong type',
      'applied to false',
      signedIn(app => (app.get('AuthenticatedValueConverter') as { toView(value: unknown): unknown }).toView(false)),
    ],
    [
      'changed later',
      'signed out',
      signedIn(app => {
        app.auth.setResponseObject(null as never);
        return app.get('AuthenticatedValueConverter').toView();
      }),
    ],
  ]),
];
