import { type AuthConfig, AuthService, type BaseConfig, configure, FetchConfig, PagePorts } from 'aurelia-auth-refresh';
import { TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';
import { EventAggregator } from 'aurelia-event-aggregator';
import { HttpClient } from 'aurelia-fetch-client';
import { Container, type FrameworkConfiguration } from 'aurelia-framework';
import { initialize } from 'aurelia-pal-browser';
import { BindingSignaler } from 'aurelia-templating-resources';
import { TestPage } from './test-page.js';
import { TestServer } from './test-server.js';

export interface TestAppOptions {
  /** The browser of its tab. If unset, a new one. */
  readonly browser?: TestBrowser;
  readonly server?: TestServer;
  /** Called before the plugin is configured. */
  readonly prepare?: (parts: {
    readonly container: Container;
    readonly http: HttpClient;
    readonly page: TestPage;
  }) => void;
}

initialize();

export const api = 'https://api.example.com';
export const credentials = { email: 'ada@example.com', password: 'secret' };

/** Returns a browser whose requests go to a server in the page. */
export function testBrowser(server: TestServer): TestBrowser {
  return new TestBrowser({
    clock: new TestClock(),
    fetch: (url, init) => server.serve(new Request(new URL(url, 'https://app.example.com/'), init)),
  });
}

/** Creates an app with the plugin. Its HTTP client has the base URL of {@link api}. */
export function testApp(config?: AuthConfig | ((config: BaseConfig) => void), options: TestAppOptions = {}) {
  const server = options.server ?? new TestServer();
  const browser = options.browser ?? testBrowser(server);
  const { clock } = browser.options;
  const page = new TestPage(browser.openTab(), clock, server.serve);
  const container = new Container();
  container.registerInstance(PagePorts, page);
  const http: HttpClient = container.get(HttpClient);
  http.configure(client => client.withBaseUrl(`${api}/`));
  jasmine.getEnv().allowRespy(true);
  spyOn(globalThis, 'fetch').and.callFake((input, init) => server.serve(new Request(input, init)));
  const log: string[] = [];
  const signaler: BindingSignaler = container.get(BindingSignaler);
  const events: EventAggregator = container.get(EventAggregator);
  const signal = signaler.signal.bind(signaler);
  spyOn(signaler, 'signal').and.callFake(name => {
    log.push(`signal ${name}`);
    signal(name);
  });
  events.subscribe('authentication-change', (value: boolean) => log.push(`event ${value}`));
  options.prepare?.({ container, http, page });
  const resources: unknown[] = [];
  const aurelia = { container, globalResources: (added: unknown[]) => resources.push(...added) };
  configure(aurelia as unknown as FrameworkConfiguration, config);
  const authService: AuthService = container.get(AuthService);
  const fetchConfig: FetchConfig = container.get(FetchConfig);
  return { authService, browser, clock, container, events, fetchConfig, http, log, page, resources, server };
}

export type TestApp = ReturnType<typeof testApp>;
