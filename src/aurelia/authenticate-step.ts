import { type NavigationInstruction, type Next, type PipelineStep, Redirect, type RouteConfig } from 'aurelia-router';
import { AuthService } from './auth-service.js';

/** Without a command, the router would go back to the address before. */
const nothingMore = { navigate: () => undefined };

/**
 * Guards routes that say `auth: true`, child routes too. Waits until it is known whether the user of the last visit is still
 * signed in, and lets a session through whose server cannot be reached just now. Where the answer of a provider meanwhile led the page
 * to another route, nothing of this one is shown.
 *
 * @example
 * configureRouter(config: RouterConfiguration) {
 *   config.addPipelineStep('authorize', AuthenticateStep);
 *   config.map([{ route: 'orders', name: 'orders', moduleId: 'orders', auth: true }]);
 * }
 */
export class AuthenticateStep implements PipelineStep {
  static readonly inject = [AuthService];

  constructor(private readonly authService: AuthService) {}

  async run(instruction: NavigationInstruction, next: Next): Promise<unknown> {
    const { authService } = this;
    if (await authService.redirects.occurredDuring(authService.ready)) return next.cancel(nothingMore);
    const { authenticated, config } = authService;
    const { loginRoute, loginRedirect } = config;
    const instructions = instruction.getAllInstructions();
    const atLogin = instructions.some(({ fragment }) => fragment === loginRoute);
    const needsAuth = instructions.some(({ config: route }) => this.needsAuth(route));
    if (needsAuth && !authenticated && !atLogin) {
      if (config.returnAfterLogin) authService.redirects.rememberTarget();
      return next.cancel(new Redirect(loginRoute));
    }
    const leavesLogin =
      atLogin && authenticated && !needsAuth && loginRedirect && fragmentOf(loginRedirect) !== loginRoute;
    return leavesLogin ? next.cancel(new Redirect(loginRedirect)) : next();
  }

  /** Whether a route is for users who are signed in. */
  protected needsAuth(route: RouteConfig | undefined): boolean {
    return route?.['auth'] === true;
  }
}

function fragmentOf(redirect: string): string {
  return redirect.replace(/^#/, '');
}
