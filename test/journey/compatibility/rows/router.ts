import type { AuthenticateStep as Guard } from 'aurelia-authentication';
import type { NavigationInstruction, Next } from 'aurelia-router';
import { type Application, hourLong } from '../application.js';
import { type Row, rowsOf } from '../row.js';

type Step = 'AuthenticateStep' | 'AuthorizeStep';
interface Route {
  readonly fragment?: string;
  readonly config?: unknown;
}

/** The outcome of a guard: `next`, or the address of its redirect. */
async function guarded(app: Application, step: Step, ...routes: Route[]): Promise<unknown> {
  const instruction = { getAllInstructions: () => routes } as unknown as NavigationInstruction;
  const next = Object.assign(async () => 'next', {
    cancel: async (redirect: { url?: string } | undefined) => redirect?.url ?? 'cancelled',
  }) as unknown as Next;
  return app.get(step).run(instruction, next);
}

const signedIn = { access_token: hourLong };

function rows(step: Step): Row[] {
  const trying =
    (routes: readonly Route[], response: object | null, config: object = {}) =>
    (app: Application) => {
      app.startWith(config).setResponseObject(response as object);
      return guarded(app, step, ...routes);
    };
  const login: Route = { fragment: '/login', config: {} };
  return rowsOf(step, [
    ['usual', 'auth: true, signed in', trying([{ fragment: '/a', config: { auth: true } }], signedIn)],
    ['absent', 'auth: true, no user signed in', trying([{ fragment: '/a', config: { auth: true } }], null)],
    ['absent', 'no auth, no user signed in', trying([{ fragment: '/a', config: {} }], null)],
    ['usual', 'auth: false, no user signed in', trying([{ fragment: '/a', config: { auth: false } }], null)],
    ['null', 'auth: null, no user signed in', trying([{ fragment: '/a', config: { auth: null } }], null)],
    ['wrong type', "auth: 'yes', no user signed in", trying([{ fragment: '/a', config: { auth: 'yes' } }], null)],
    ['wrong type', 'auth: 1, no user signed in', trying([{ fragment: '/a', config: { auth: 1 } }], null)],
    [
      'usual',
      'a child route with auth: true',
      trying(
        [
          { fragment: '/a', config: {} },
          { fragment: '/b', config: { auth: true } },
        ],
        null,
      ),
    ],
    ['usual', 'the login route, signed in', trying([login], signedIn)],
    ['usual', 'the login route, no user signed in', trying([login], null)],
    ['usual', 'another loginRoute', trying([{ fragment: '/a', config: { auth: true } }], null, { loginRoute: '/in' })],
    [
      'wrong type',
      'the login route, signed in, loginRedirect false',
      trying([login], signedIn, { loginRedirect: false }),
    ],
    [
      'changed later',
      'loginRoute',
      app => {
        app.startWith();
        app.config.loginRoute = '/in';
        return guarded(app, step, { fragment: '/a', config: { auth: true } });
      },
    ],
    [
      'subclassed',
      'run() extended',
      app => {
        const Step: typeof Guard = app.library[step];
        class Own extends Step {
          override async run(instruction: NavigationInstruction, next: Next): Promise<unknown> {
            return `own ${await super.run(instruction, next)}`;
          }
        }
        app.container.registerSingleton(app.library[step], Own);
        app.startWith();
        return guarded(app, step, { fragment: '/a', config: { auth: true } });
      },
    ],
    [
      'subclassed',
      'a constructor that takes AuthService',
      app => {
        const { AuthService } = app.library;
        const Step: typeof Guard = app.library[step];
        class Own extends Step {
          static inject = [AuthService];
          constructor(readonly authService: InstanceType<typeof AuthService>) {
            super(authService);
          }
        }
        app.container.registerSingleton(app.library[step], Own);
        app.startWith();
        return (app.get(step) as unknown as Own).authService === app.auth;
      },
    ],
  ]);
}

export const routerRows: readonly Row[] = [...rows('AuthenticateStep'), ...rows('AuthorizeStep')];
