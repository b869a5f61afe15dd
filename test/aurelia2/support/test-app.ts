import { DI, type IContainer, Registration } from '@aurelia/kernel';
import { BrowserPlatform } from '@aurelia/platform-browser';
import { ILocationManager, IRouter, Route, RouterConfiguration } from '@aurelia/router';
import { Aurelia, CustomElement, IPlatform, StandardConfiguration } from '@aurelia/runtime-html';
import { AuthConfiguration, type AuthOptions, IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { FakeTokenServer, type FakeTokenServerOptions, TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';

export const api = 'https://api.example';
export const credentials = { email: 'ada@example.com', password: 'secret' };

function page(name: string, template = name) {
  return CustomElement.define({ name: `${name}-page`, template });
}

const Home = page('home');
const Login = page('login');
const Orders = page('orders');
const Admin = page('admin');
const Forbidden = page('forbidden');
const Area = Route.configure(
  {
    routes: [
      { path: 'open', component: Home },
      { path: 'closed', component: Orders, data: { auth: true } },
    ],
  },
  page('area', 'area <au-viewport></au-viewport>'),
);

const routes = [
  { path: '', component: Home },
  { path: 'login', component: Login },
  { path: 'orders', component: Orders, data: { auth: true } },
  { path: 'orders/:id', component: Orders, data: { auth: true } },
  { path: 'admin', component: Admin, data: { auth: { roles: ['admin', 'owner'] } } },
  { path: 'premium', component: Admin, data: { auth: (claims?: { plan?: unknown }) => claims?.plan === 'premium' } },
  { path: 'area', component: Area },
  { path: 'members', component: Area, data: { auth: true } },
  { path: 'forbidden', component: Forbidden },
];

/** Keeps the address of a tab, so that the page of the specs stays where it is. */
class TestLocation {
  readonly visited: string[] = [];

  constructor(public path: string) {}

  startListening(): void {}
  stopListening(): void {}
  handleEvent(): void {}

  pushState(_state: object, _title: string, url: string): void {
    this.go(url);
  }

  replaceState(_state: object, _title: string, url: string): void {
    this.go(url);
  }

  getPath(): string {
    return this.path;
  }

  addBaseHref(path: string): string {
    return path;
  }

  removeBaseHref(path: string): string {
    return path;
  }

  private go(url: string): void {
    this.path = url;
    this.visited.push(url);
  }
}

export interface TestAppOptions {
  readonly options?: Partial<AuthOptions>;
  readonly browser?: TestBrowser;
  readonly server?: FakeTokenServer;
  /** Address of the page. */
  readonly path?: string;
  /** Template of an app without router. */
  readonly template?: string;
  readonly prepare?: (container: IContainer) => void;
}

const started: { stop(dispose: boolean): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const aurelia of started.splice(0)) await aurelia.stop(true);
});

/** Returns a server and a browser for several tabs. */
export function testHouse(options: Partial<FakeTokenServerOptions> = {}) {
  const clock = new TestClock();
  const server = new FakeTokenServer({ ...options, clock });
  return { clock, server, browser: new TestBrowser({ clock, fetch: server.fetch }) };
}

/** Starts an Aurelia 2 app with a router in a tab. */
export async function testApp({ options, path = '', template, prepare, ...house }: TestAppOptions = {}) {
  const fresh = testHouse();
  const { browser = fresh.browser, server = fresh.server } = house;
  const { clock } = browser.options;
  const tab = browser.openTab();
  const location = new TestLocation(path);
  const root = Route.configure(
    { routes },
    CustomElement.define(
      { name: 'test-root', template: template ?? '<au-viewport></au-viewport>' },
      class {
        readonly navigation = routes;
      },
    ),
  );
  const container = DI.createContainer();
  container.register(
    Registration.instance(IPlatform, BrowserPlatform.getOrCreate(globalThis)),
    StandardConfiguration,
    ...(template === undefined ? [RouterConfiguration, Registration.instance(ILocationManager, location)] : []),
    AuthConfiguration.customize({
      login: { url: '/auth/login' },
      session: { refresh: { url: '/auth/login' } },
      protectedUrls: [api],
      ports: tab.ports,
      ...options,
      bearer: { fetch: request => server.fetch(request), ...options?.bearer },
    }),
  );
  prepare?.(container);
  const host = document.createElement('div');
  const aurelia = new Aurelia(container);
  await aurelia.app({ host, component: root }).start();
  started.push(aurelia);
  return {
    aurelia,
    auth: container.get(IAuthService),
    browser,
    clock,
    container,
    host,
    location,
    get router() {
      return container.get(IRouter);
    },
    server,
    tab,
  };
}
