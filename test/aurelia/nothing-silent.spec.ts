import { AuthenticateStep, AuthService, FetchConfig, PagePorts } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import { Container } from 'aurelia-framework';
import { AppRouter, type NavigationInstruction, type Next, Router } from 'aurelia-router';
import { logger } from '../../src/aurelia/logger.js';
import { api, credentials, testApp } from './support/test-app.js';

describe('a mistake of the app is logged once', () => {
  beforeEach(() => {
    spyOn(logger, 'warn');
  });

  for (const [name, type] of [
    ['AuthService', AuthService],
    ['FetchConfig', FetchConfig],
    ['AuthenticateStep', AuthenticateStep],
  ] as const) {
    it(`when the plugin is not registered and the app uses ${name}`, () => {
      const container = new Container();
      container.registerInstance(PagePorts, testApp().page);
      container.get(type);
      container.get(FetchConfig);
      expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('aurelia.use.plugin'));
    });
  }

  it('but not when the plugin is registered', async () => {
    const { authService, fetchConfig, http } = testApp();
    fetchConfig.configure();
    await authService.login(credentials);
    await http.fetch('orders');
    expect(logger.warn).not.toHaveBeenCalled();
  });

  describe('when no HTTP client sends the token', () => {
    it('and the container’s client requests its base URL after a login', async () => {
      const { authService, fetchConfig, http, server } = testApp();
      await http.fetch('public');
      await authService.login(credentials);
      await http.fetch('https://elsewhere.example/');
      expect(logger.warn).not.toHaveBeenCalled();
      await http.fetch('orders');
      await http.fetch('orders');
      expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('FetchConfig.configure()'));
      fetchConfig.configure();
      await http.fetch('orders');
      expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, false, true]);
    });

    it('unless the request has auth: false, or another client is configured', async () => {
      const { authService, fetchConfig, http } = testApp();
      await authService.login(credentials);
      await http.fetch('orders', { auth: false });
      fetchConfig.configure(new HttpClient());
      await http.fetch('orders');
      expect(logger.warn).not.toHaveBeenCalled();
    });
  });

  describe('when the app has no route for a redirect', () => {
    async function appWith(...routes: readonly string[]) {
      const app = testApp({ loginRoute: '/sign-in' });
      const router: AppRouter = app.container.get(AppRouter);
      app.container.registerInstance(Router, router);
      for (const route of routes) router.addRoute({ route, name: route, moduleId: 'page' });
      return { ...app, router, step: app.container.get(AuthenticateStep) as AuthenticateStep };
    }

    const routeNotFound = jasmine.stringContaining('The router has no route for');

    it('after a login', async () => {
      const { authService } = await appWith('orders');
      await authService.login(credentials);
      await authService.logout();
      expect(logger.warn).toHaveBeenCalledOnceWith(routeNotFound);
      expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('"#/"'));
    });

    it('of the guard', async () => {
      const { router, step } = await appWith('', 'orders');
      const instruction = { getAllInstructions: () => [{ fragment: '/orders', config: { auth: true } }], router };
      const next = Object.assign(async () => 'on', { cancel: async () => 'cancelled' });
      await step.run(instruction as unknown as NavigationInstruction, next as unknown as Next);
      expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('"/sign-in"'));
    });

    for (const [title, routes, argument] of [
      ['with a route for it', ['', 'sign-in'], undefined],
      ['without a router', [], undefined],
      ['if the address is another page', ['orders'], '/other'],
    ] as const) {
      it(`but not ${title}`, async () => {
        const { authService } = await appWith(...routes);
        await authService.login(credentials, undefined, argument);
        expect(logger.warn).not.toHaveBeenCalled();
      });
    }

    it('but not with a route for unknown addresses', async () => {
      const { authService, router } = await appWith('orders');
      router.handleUnknownRoutes({ route: 'missing', moduleId: 'missing' });
      await authService.login(credentials);
      expect(logger.warn).not.toHaveBeenCalled();
    });
  });

  it('names the origin of a request without the token', async () => {
    const { authService, http } = testApp();
    await authService.login(credentials);
    await http.fetch('orders');
    expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining(api));
  });
});
