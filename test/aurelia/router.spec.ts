import { type AuthConfig, AuthenticateStep } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { type Container, LogManager } from 'aurelia-framework';
import { History } from 'aurelia-history';
import { AppRouter, RouteLoader, Router, type RouterConfiguration } from 'aurelia-router';
import { credentials, testApp } from './support/test-app.js';

/** Records the navigations of the router. */
class NotedHistory extends History {
  readonly navigated: string[] = [];

  override navigate(fragment: string): boolean {
    this.navigated.push(fragment);
    return true;
  }

  override getState(): undefined {
    return undefined;
  }

  override setState(): void {}

  override getHistoryIndex(): number {
    return 0;
  }

  override setTitle(): void {}

  /** As in `BrowserHistory`, after the router was activated with `pushState: true`. */
  _hasPushState = false;

  override getAbsoluteRoot(): string {
    return 'https://app.example.com/';
  }
}

/** Routes without views; `shop` has child routes. */
class ViewlessLoader extends RouteLoader {
  override async loadRoute(router: AppRouter, config: { readonly moduleId?: string }) {
    const shop = {
      configureRouter: (routes: RouterConfiguration) => {
        routes.map([{ route: 'cart', moduleId: 'cart', auth: true }]);
        routes.map([{ route: 'items', moduleId: 'items' }]);
      },
    };
    const childContainer = router.container.createChild();
    Object.assign(childContainer, { getChildRouter: () => router.createChild(childContainer) });
    return { viewModel: config.moduleId === 'shop' ? shop : {}, childContainer, router, config };
  }
}

async function routed(config: AuthConfig = {}) {
  const app = testApp(config);
  const container: Container = app.container;
  const history = new NotedHistory();
  container.registerInstance(History, history);
  container.registerInstance(RouteLoader, new ViewlessLoader());
  container.registerSingleton(Router, AppRouter);
  const router = container.get(Router) as AppRouter;
  await router.configure(config => {
    config.addPipelineStep('authorize', AuthenticateStep);
    config.map([
      { route: 'login', moduleId: 'login' },
      { route: 'orders', moduleId: 'orders', auth: true },
      { route: 'shop', moduleId: 'shop' },
    ]);
    return config;
  });
  return { ...app, history, router };
}

describe('AuthenticateStep in a router', () => {
  for (const [url, navigated] of [
    ['/orders', ['/login']],
    ['/shop/cart', ['/login']],
    ['/shop/items', []],
    ['/login', []],
  ] as const) {
    it(`redirects an unauthenticated user at ${url} to ${JSON.stringify(navigated)}`, async () => {
      const { history, router } = await routed();
      void router.loadUrl(url);
      await settled();
      expect(history.navigated.map(fragment => fragment.replace('#', ''))).toEqual([...navigated]);
    });
  }

  it('redirects a signed-in user from the login route, and from no other route', async () => {
    const { authService, history, router } = await routed();
    await authService.login(credentials, {}, '');
    void router.loadUrl('/orders');
    await settled();
    expect(history.navigated).toEqual([]);
    void router.loadUrl('/login');
    await settled();
    expect(history.navigated.length).toBe(1);
  });
});

describe("login with storage: 'memory'", () => {
  for (const [pushState, loginRedirect, navigated, visited] of [
    [true, '/orders?page=2#top', ['/orders?page=2#top'], []],
    [true, 'https://app.example.com/orders', ['/orders'], []],
    [true, '#/', [], ['#/']],
    [true, 'https://other.example/', [], ['https://other.example/']],
    [false, '#/orders', [], ['#/orders']],
    [false, '/orders', [], ['/orders']],
  ] as const) {
    it(`${navigated.length > 0 ? 'navigates in the router' : 'navigates the page'} to ${loginRedirect} with pushState: ${pushState}`, async () => {
      const { authService, history, page } = await routed({ storage: 'memory', loginRedirect });
      history._hasPushState = pushState;
      await authService.login(credentials);
      expect(history.navigated).toEqual([...navigated]);
      expect(page.visited).toEqual([...visited]);
    });
  }

  it('warns when the redirect loads the page, which ends the session', async () => {
    const warn = spyOn(LogManager.getLogger('aurelia-auth-refresh'), 'warn');
    const { authService } = await routed({ storage: 'memory', loginRedirect: '/orders' });
    await authService.login(credentials);
    expect(warn).toHaveBeenCalledOnceWith(jasmine.stringContaining("storage: 'memory'"));
  });

  it('navigates the page with a stored session', async () => {
    const { authService, history, page } = await routed({ loginRedirect: '/orders' });
    history._hasPushState = true;
    await authService.login(credentials);
    expect([history.navigated, page.visited]).toEqual([[], ['/orders']]);
  });
});
