import { type NavigationInstruction, type Next, type PipelineStep, Redirect, type RouteConfig } from 'aurelia-router';
import { AuthService } from './auth-service.js';

/**
 * Guards routes that say `auth: true`, child routes too. Waits until it is known whether the user of the last visit is still
 * signed in, and lets a session through whose server cannot be reached just now.
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
    await this.authService.ready;
    const { authenticated, config } = this.authService;
    const { loginRoute, loginRedirect } = config;
    const instructions = instruction.getAllInstructions();
    const atLogin = instructions.some(({ fragment }) => fragment === loginRoute);
    const needsAuth = instructions.some(({ config: route }) => this.needsAuth(route));
    if (needsAuth && !authenticated && !atLogin) {
      if (config.returnAfterLogin) this.authService.rememberTarget();
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
