import { FetchConfig, AuthenticateStep as Guard } from 'aurelia-authentication'; // change
import { autoinject } from 'aurelia-framework';
import { Router, RouterConfiguration } from 'aurelia-router';
import { MyAuth } from './auth/my-auth';

@autoinject
export class App {
  router: Router;

  constructor(
    private auth: MyAuth,
    private fetchConfig: FetchConfig,
  ) {}

  configureRouter(config: RouterConfiguration, router: Router) {
    config.title = 'Orders';
    config.addPipelineStep('authorize', Guard);
    config.map([{ route: '', moduleId: 'orders', auth: true }]);
    this.router = router;
  }

  activate() {
    return this.fetchConfig.configure(); // look
  }

  logout() {
    const { authenticated, timeoutID } = this.auth; // look
    return authenticated && timeoutID ? this.auth.logout('#/', 'left=yes') : this.auth.logout(); // look
  }
}
