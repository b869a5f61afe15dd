import { AuthenticateStep, AuthorizeStep, AuthService, FetchConfig } from 'aurelia-authentication';
import { EventAggregator } from 'aurelia-event-aggregator';
import { HttpClient } from 'aurelia-fetch-client';
import { PLATFORM } from 'aurelia-pal';
import { ReportsClient } from './reports-client';

export class App {
  static inject = [AuthService, FetchConfig, HttpClient, ReportsClient, EventAggregator];

  news = [];

  constructor(authService, fetchConfig, http, reports, events) {
    this.authService = authService;
    this.events = events;
    http.configure(config => config.useStandardConfiguration().withBaseUrl('/api/'));
    fetchConfig.configure();
    fetchConfig.configure(reports.http);
  }

  activate() {
    this.subscription = this.events.subscribe('authentication-change', authenticated => {
      this.news.push(authenticated ? 'in' : 'out');
    });
  }

  deactivate() {
    this.subscription.dispose();
  }

  configureRouter(config, router) {
    config.title = 'Orders';
    config.options.pushState = window.environment.pushState;
    config.addPipelineStep('authorize', window.environment.olderGuard ? AuthorizeStep : AuthenticateStep);
    config.map([
      { route: '', name: 'welcome', moduleId: PLATFORM.moduleName('welcome'), nav: true, title: 'Welcome' },
      { route: 'login', name: 'login', moduleId: PLATFORM.moduleName('login'), nav: true, title: 'Login', auth: false },
      {
        route: 'signup',
        name: 'signup',
        moduleId: PLATFORM.moduleName('signup'),
        nav: true,
        title: 'Signup',
        auth: false,
      },
      {
        route: 'orders',
        name: 'orders',
        moduleId: PLATFORM.moduleName('orders'),
        nav: true,
        title: 'Orders',
        auth: true,
      },
      {
        route: 'profile',
        name: 'profile',
        moduleId: PLATFORM.moduleName('profile'),
        nav: true,
        title: 'Profile',
        auth: true,
      },
      { route: 'goodbye', name: 'goodbye', moduleId: PLATFORM.moduleName('goodbye'), title: 'Goodbye' },
    ]);
    this.router = router;
  }

  logout() {
    return this.authService.logout('#/goodbye');
  }
}
