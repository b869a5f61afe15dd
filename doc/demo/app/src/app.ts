import { AuthenticateStep, AuthService } from 'aurelia-auth-refresh';
import { PLATFORM } from 'aurelia-framework';
import type { Router, RouterConfiguration } from 'aurelia-router';

export class App {
  static readonly inject = [AuthService];
  router: Router | undefined;

  constructor(readonly authService: AuthService) {}

  configureRouter(config: RouterConfiguration, router: Router): void {
    this.router = router;
    config.title = 'aurelia-auth-refresh, live';
    config.addPipelineStep('authorize', AuthenticateStep);
    config.map([
      { route: '', redirect: 'expenses' },
      { route: 'expenses', moduleId: PLATFORM.moduleName('pages/expenses'), title: 'Expenses', nav: 1, auth: true },
      { route: 'profile', moduleId: PLATFORM.moduleName('pages/profile'), title: 'Profile', nav: 2, auth: true },
      { route: 'login', moduleId: PLATFORM.moduleName('pages/login'), title: 'Sign in', nav: 3, auth: false },
    ]);
    config.mapUnknownRoutes({ redirect: '' });
  }

  logOut(): Promise<unknown> {
    return this.authService.logout();
  }
}
