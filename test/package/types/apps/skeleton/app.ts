import { AuthenticateStep, AuthService, FetchConfig } from 'aurelia-authentication';
import { autoinject } from 'aurelia-framework';
import { Router, RouterConfiguration } from 'aurelia-router';

@autoinject()
export class App {
  router!: Router;

  constructor(
    private fetchConfig: FetchConfig,
    private authService: AuthService,
  ) {}

  configureRouter(config: RouterConfiguration, router: Router) {
    config.title = 'Customers';
    config.addPipelineStep('authorize', AuthenticateStep);
    config.map([
      { route: ['', 'welcome'], name: 'welcome', moduleId: './welcome', nav: true },
      { route: 'customers', name: 'customers', moduleId: './customers', nav: true, auth: true },
      { route: 'login', name: 'login', moduleId: './login', nav: true, auth: false },
    ]);
    this.router = router;
  }

  activate() {
    this.fetchConfig.configure([] as string[]);
  }

  get isAuthenticated(): boolean {
    return this.authService.isAuthenticated();
  }

  logout() {
    return this.authService.logout('#/login');
  }
}
