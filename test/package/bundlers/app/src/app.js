import { AuthenticateStep, AuthService, FetchConfig } from 'aurelia-auth-refresh';
import { Session } from 'aurelia-auth-refresh/core';
import { PLATFORM } from 'aurelia-pal';

export class App {
  static get inject() {
    return [AuthService, FetchConfig];
  }

  constructor(authService, fetchConfig) {
    this.authService = authService;
    this.sharesTheCore = authService.session instanceof Session;
    fetchConfig.configure();
  }

  configureRouter(config, router) {
    config.addPipelineStep('authorize', AuthenticateStep);
    config.map([
      { route: '', name: 'welcome', moduleId: PLATFORM.moduleName('welcome'), nav: true, title: 'Welcome' },
      { route: 'login', name: 'login', moduleId: PLATFORM.moduleName('login'), nav: true, title: 'Login', auth: false },
      {
        route: 'profile',
        name: 'profile',
        moduleId: PLATFORM.moduleName('profile'),
        nav: true,
        title: 'Profile',
        auth: true,
      },
    ]);
    this.router = router;
  }

  logIn() {
    return this.authService.login({ username: 'ann' });
  }
}
