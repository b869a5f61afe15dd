import { AuthenticateStep, AuthService, FetchConfig } from 'aurelia-auth-refresh';
import { PLATFORM } from 'aurelia-framework';
import type { RouterConfiguration } from 'aurelia-router';

export class App {
  static readonly inject = [AuthService, FetchConfig];

  constructor(
    readonly authService: AuthService,
    fetchConfig: FetchConfig,
  ) {
    fetchConfig.configure();
  }

  configureRouter(config: RouterConfiguration): void {
    config.title = 'Shop';
    config.addPipelineStep('authorize', AuthenticateStep);
    config.map([
      { route: '', redirect: 'orders' },
      { route: 'orders', moduleId: PLATFORM.moduleName('orders'), title: 'Orders', auth: true },
      { route: 'login', moduleId: PLATFORM.moduleName('login'), title: 'Sign in' },
    ]);
  }

  signOut(): Promise<unknown> {
    return this.authService.logout();
  }
}
