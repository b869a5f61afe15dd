import { type NavigationInstruction, type Next, type PipelineStep, Redirect, type RouteConfig } from 'aurelia-router';
import { AuthService } from './auth-service.js';

/** Cancels without a command. Otherwise the router would restore the previous address. */
const stay = { navigate: () => undefined };

/**
 * Guards routes with `auth: true`, including child routes. Redirects unauthenticated users to `loginRoute`.
 *
 * Waits until the session of the last visit is restored. A session whose server is unreachable is authenticated. If the callback of a
 * provider redirects the page to another route meanwhile, the navigation is cancelled.
 *
 * @example
 * configureRouter(config: RouterConfiguration) {
 *   config.addPipelineStep('authorize', AuthenticateStep);
 *   config.map([{ route: 'orders', name: 'orders', moduleId: 'orders', auth: true }]);
 * }
 */
export class AuthenticateStep implements PipelineStep {
  static readonly inject = [AuthService];

  /** @internal */
  private readonly authService: AuthService;

  constructor(authService: AuthService) {
    this.authService = authService;
  }

  async run(instruction: NavigationInstruction, next: Next): Promise<unknown> {
    const { authService } = this;
    if (await authService.redirects.occurredDuring(authService.ready)) return next.cancel(stay);
    const { authenticated, config } = authService;
    const { loginRoute, loginRedirect } = config;
    const instructions = instruction.getAllInstructions();
    const atLogin = instructions.some(({ fragment }) => fragment === loginRoute);
    const needsAuth = instructions.some(({ config: route }) => this.needsAuth(route));
    if (needsAuth && !authenticated && !atLogin) {
      if (config.returnAfterLogin) authService.redirects.rememberTarget();
      authService.redirects.warnOfMissingLoginRoute();
      return next.cancel(new Redirect(loginRoute));
    }
    const target = loginRedirect ? String(loginRedirect) : '';
    const leavesLogin = atLogin && authenticated && !needsAuth && target && fragmentOf(target) !== loginRoute;
    return leavesLogin ? next.cancel(new Redirect(target)) : next();
  }

  /** Whether a route requires a signed-in user. */
  protected needsAuth(route: RouteConfig | undefined): boolean {
    return route?.['auth'] === true;
  }
}

function fragmentOf(redirect: string): string {
  return redirect.replace(/^#/, '');
}
