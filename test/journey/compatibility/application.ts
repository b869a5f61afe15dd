import { Config, type Rest } from 'aurelia-api';
import * as ours from 'aurelia-auth-refresh';
import type * as predecessor from 'aurelia-authentication';
import { EventAggregator } from 'aurelia-event-aggregator';
import { HttpClient } from 'aurelia-fetch-client';
import { Container, PLATFORM } from 'aurelia-framework';
import { BindingSignaler } from 'aurelia-templating-resources';
import { json } from '../defects/application.js';

/** The typings of aurelia-authentication, which an application of its time is written against. */
export type Library = typeof predecessor;

/** A class of the library that the container creates. */
type Injected = {
  [Name in keyof Library]: Library[Name] extends new (...dependencies: never[]) => object ? Name : never;
}[keyof Library];

export interface Seen {
  readonly method: string;
  readonly url: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly credentials: RequestCredentials;
}

type Respond = (request: Seen) => Response | Promise<Response>;

/** An application with one of the two libraries in a frame of its own. Requests and redirects are recorded, not made. */
export class Application {
  readonly container = new Container();
  readonly http: HttpClient;
  readonly seen: Seen[] = [];
  /** Addresses that the library redirected to, and `reload`. */
  readonly redirects: string[] = [];
  /** Signals and events, in order. */
  readonly published: string[] = [];
  /** Names or modules of the global resources that the plugin registered. */
  readonly resources: unknown[] = [];
  private readonly routes = new Map<string, Respond>();
  private issued = 0;

  constructor(readonly library: Library) {
    globalThis.fetch = (input, init) => this.serve(new Request(input, init));
    globalThis.open = () => null;
    this.http = this.container.get(HttpClient);
    this.recordRedirects();
    this.recordEvents();
    for (const route of ['POST /auth/login', 'POST /auth/signup', 'POST /auth/token'])
      this.on(route, () => this.tokens());
  }

  /** Configures the plugin with the redirects off, which has to be the first thing that a row does. */
  start(config: object = {}): predecessor.AuthService {
    return this.startWith({
      loginRedirect: '',
      logoutRedirect: '',
      signupRedirect: '',
      expiredRedirect: '',
      storageChangedRedirect: '',
      ...config,
    });
  }

  /** Configures the plugin with exactly this. */
  startWith(config?: unknown): predecessor.AuthService {
    const aurelia = {
      container: this.container,
      globalResources: (added: unknown) => {
        this.resources.push(...[added].flat());
        return aurelia;
      },
    };
    this.library.configure(aurelia as never, config as object);
    return this.auth;
  }

  /** Starts with a user who is signed in. The access token is a JWT that expires in an hour. */
  signedIn(config: object = {}, response: object = {}): predecessor.AuthService {
    const auth = this.start(config);
    auth.setResponseObject({ access_token: hourLong, refresh_token: 'refresh-0', ...response });
    return auth;
  }

  get auth(): predecessor.AuthService {
    return this.get('AuthService');
  }

  get config(): predecessor.BaseConfig {
    return this.get('BaseConfig');
  }

  /** The instance of the library's class of this name. */
  get<Name extends Injected>(name: Name): InstanceType<Library[Name]> {
    return this.container.get(this.library[name]);
  }

  /** The application's clients carry the token. */
  configureClient(): HttpClient {
    this.get('FetchConfig').configure(this.http);
    return this.http;
  }

  /** Registers endpoints with aurelia-api. */
  registerEndpoints(...names: string[]): void {
    const config: Config = this.container.get(Config);
    for (const name of names) config.registerEndpoint(name, `/${name}`);
    config.setDefaultEndpoint(names[0] ?? '');
  }

  on(route: string, respond: Respond): void {
    this.routes.set(route, respond);
  }

  /** Tokens `access-1` and `refresh-1`, then `access-2` and `refresh-2`. */
  tokens(more: object = {}): Response {
    this.issued += 1;
    return json({ access_token: `access-${this.issued}`, refresh_token: `refresh-${this.issued}`, ...more });
  }

  /** Method, path and body of each request. */
  get requests(): string[] {
    return this.seen.map(({ method, url, body }) => [method, withSortedQuery(url), sorted(body)].join(' ').trim());
  }

  /** The endpoint of aurelia-api with this name. */
  endpoint(name: string): Rest {
    return (this.container.get(Config) as Config).getEndpoint(name);
  }

  get lastRequest(): Seen {
    const last = this.seen.at(-1);
    if (!last) throw new Error('No request was sent.');
    return last;
  }

  private async serve(request: Request): Promise<Response> {
    const { method, url, headers, credentials } = request;
    const { pathname, search } = new URL(url);
    const seen = { method, url, path: pathname + search, headers, body: await request.text(), credentials };
    this.seen.push(seen);
    return this.routes.get(`${method} ${pathname}`)?.(seen) ?? json({ from: pathname });
  }

  private recordRedirects(): void {
    const { redirects } = this;
    const { origin, protocol, host, hostname, port, search, hash } = location;
    const recording = {
      origin,
      protocol,
      host,
      hostname,
      port,
      search,
      hash,
      get href() {
        return location.href;
      },
      set href(url: string) {
        redirects.push(String(url));
      },
      assign: (url: string) => redirects.push(String(url)),
      reload: () => redirects.push('reload'),
    };
    PLATFORM.location = recording as unknown as Location;
    class Page extends ours.PagePorts {
      override assign(url: string): void {
        redirects.push(String(url));
      }
      override reload(): void {
        redirects.push('reload');
      }
    }
    this.container.registerInstance(ours.PagePorts, new Page());
  }

  private recordEvents(): void {
    const { published } = this;
    const events: EventAggregator = this.container.get(EventAggregator);
    events.subscribe('authentication-change', (value: unknown) => published.push(`event ${value}`));
    const signaler: BindingSignaler = this.container.get(BindingSignaler);
    signaler.signal = name => published.push(`signal ${name}`);
  }
}

/** A server reads `a=x+y&b=1` and `b=1&a=x%20y` alike. */
function sorted(body: string): string {
  if (!/^[^{["]+=/.test(body)) return body;
  return [...new URLSearchParams(body)]
    .map(pair => pair.join('='))
    .sort()
    .join('&');
}

function withSortedQuery(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + (search && `?${sorted(search.slice(1))}`);
}

const part = (value: object) => btoa(JSON.stringify(value)).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');

/** An unsigned JWT whose claims do not depend on when the row runs, except for its expiry in an hour. */
export function token(claims: object = {}): string {
  return `${part({ alg: 'none' })}.${part(claims)}.unsigned`;
}

/** Seconds since the epoch, `seconds` from now. */
export function secondsFromNow(seconds: number): number {
  return Math.round(Date.now() / 1000) + seconds;
}

export const hourLong = token({ sub: 'ada', exp: secondsFromNow(3600) });
