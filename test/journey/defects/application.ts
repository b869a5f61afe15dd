import { EventAggregator } from 'aurelia-event-aggregator';
import { HttpClient, type Interceptor } from 'aurelia-fetch-client';
import { Container, type FrameworkConfiguration } from 'aurelia-framework';
import { BindingSignaler } from 'aurelia-templating-resources';

/** Common interface of both libraries, as the behaviours use it. */
export interface AuthServiceLike {
  authenticated: boolean;
  onLogout?: ((response?: unknown) => unknown) | undefined;
  readonly authentication: {
    getResponseObject(): unknown;
    getLoginUrl(): string;
  };
  login(...form: unknown[]): Promise<unknown>;
  signup(...form: unknown[]): Promise<unknown>;
  logout(redirect?: unknown, query?: unknown, name?: string): Promise<unknown>;
  authenticate(name: string): Promise<unknown>;
  updateToken(): Promise<boolean>;
  isAuthenticated(callback?: (value: boolean) => void): boolean;
  setResponseObject(response: unknown): void;
  getAccessToken(): string | undefined | null;
  getRefreshToken(): string | undefined | null;
  getIdToken(): string | undefined | null;
}

export interface Library {
  readonly [name: string]: unknown;
  configure(aurelia: FrameworkConfiguration, config: unknown): void;
  readonly AuthService: new (...dependencies: never[]) => object;
  readonly FetchConfig: new (...dependencies: never[]) => object;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: string;
}

declare global {
  /** Advances the clock and fires due timers. */
  function pass(ms: number): Promise<void>;
  /** Moves the clock forward, as after sleep: no timer fires. */
  function sleep(ms: number): Promise<void>;
}

type Answer = (request: Seen) => Response | Promise<Response>;

/** An application with one of the libraries, in a page whose requests are all handled here. */
export class Application {
  readonly seen: Seen[] = [];
  readonly http: HttpClient;
  private readonly container = new Container();
  private readonly routes = new Map<string, Answer>();
  private issued = 0;

  constructor(private readonly library: Library) {
    localStorage.clear();
    globalThis.fetch = async (input, init) => this.serve(new Request(input, init));
    this.http = this.container.get(HttpClient);
    this.on('POST /auth/login', () => this.tokens());
    this.on('POST /auth/token', () => this.tokens());
    this.on('GET /orders', request => this.guarded(request));
    this.on('POST /orders', request => this.guarded(request));
  }

  /** Installs the library. */
  start(config: object = {}, container = this.container): AuthServiceLike {
    container.get(EventAggregator);
    container.get(BindingSignaler);
    const aurelia = { container, globalResources: () => aurelia };
    this.library.configure(aurelia as unknown as FrameworkConfiguration, {
      loginRedirect: '',
      logoutRedirect: '',
      expiredRedirect: '',
      storageChangedRedirect: '',
      ...config,
    });
    return container.get(this.library.AuthService) as AuthServiceLike;
  }

  /** The same application in another tab. */
  startAnother(config: object): AuthServiceLike {
    return this.start(config, new Container());
  }

  /** Events that are published in this tab from now on. */
  published(): unknown[] {
    const told: unknown[] = [];
    const events: EventAggregator = this.container.get(EventAggregator);
    const publish = events.publish.bind(events);
    events.publish = (event: string | object, data?: unknown) => {
      told.push(event);
      publish(event as string, data);
    };
    return told;
  }

  /** Dispatches the storage events of another tab's writes. */
  hear(work: () => void): void {
    const key = 'aurelia_authentication';
    const oldValue = localStorage.getItem(key);
    work();
    const newValue = localStorage.getItem(key);
    dispatchEvent(new StorageEvent('storage', { key, oldValue, newValue, storageArea: localStorage }));
  }

  configureClient(client = this.http): HttpClient {
    const fetchConfig = this.container.get(this.library.FetchConfig) as { configure(client: HttpClient): HttpClient };
    return fetchConfig.configure(client);
  }

  exports(name: string): boolean {
    return name in this.library;
  }

  on(route: string, answer: Answer): void {
    this.routes.set(route, answer);
  }

  to(path: string): Seen[] {
    return this.seen.filter(request => request.path === path);
  }

  /**
   * Issues new tokens: `access-1` and `refresh-1`, then `access-2` and so on. Only the latest access token is valid.
   */
  tokens(more: object = {}): Response {
    this.issued += 1;
    return json({ access_token: `access-${this.issued}`, refresh_token: `refresh-${this.issued}`, ...more });
  }

  private guarded({ authorization, body }: Seen): Response {
    return authorization === `Bearer access-${this.issued}`
      ? json({ ok: true, body })
      : new Response('', { status: 401 });
  }

  private async serve(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const path = new URL(url).pathname;
    const seen = { method, url, path, authorization: headers.get('Authorization'), body: await request.text() };
    this.seen.push(seen);
    return this.routes.get(`${method} ${path}`)?.(seen) ?? new Response('', { status: 404 });
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

/** An unsigned JWT, with times in seconds from now. */
export function jwt(issuedAt: number, expires: number, claims: object = {}): string {
  const now = Math.round(Date.now() / 1000);
  const payload = { iat: now + issuedAt, exp: now + expires, ...claims };
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');
  return `${part({ alg: 'none' })}.${part(payload)}.unsigned`;
}

export function counting(count: (response: Response) => void): Interceptor {
  return {
    response: response => {
      count(response);
      return response;
    },
  };
}

/** The outcome within ten seconds, or `undefined`. */
export async function within<T>(promise: Promise<T>, ms = 10_000): Promise<T | undefined> {
  let outcome: { readonly value: T | undefined } | undefined;
  promise.then(
    value => {
      outcome = { value };
    },
    () => {
      outcome = { value: undefined };
    },
  );
  for (let passed = 0; passed < ms && !outcome; passed += 500) await pass(500);
  return outcome?.value;
}

/** Whether the condition becomes true within ten seconds. */
export async function until(condition: () => boolean): Promise<boolean> {
  for (let passed = 0; passed < 10_000 && !condition(); passed += 500) await pass(500);
  return condition();
}

/** Whether the promise settles within half a minute. */
export async function settles(promise: Promise<unknown>, ms = 30_000): Promise<boolean> {
  return (await within(promise.then(truth, truth), ms)) === true;
}

function truth(): boolean {
  return true;
}
