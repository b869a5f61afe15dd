import { counted, type TestClock } from './test-clock.js';

/** Options of a {@link FakeTokenServer}. Lifetimes are in seconds. */
export interface FakeTokenServerOptions {
  /** The clock that the tabs use, too. */
  readonly clock: Pick<TestClock, 'now' | 'after'>;
  /** @default 60 */
  readonly accessTokenLifetimeSeconds?: number;
  /**
   * Issues a new refresh token at each refresh, and ends the session when a rotated one is used again.
   *
   * @default true
   */
  readonly rotation?: boolean;
  /**
   * Time for which the previous refresh token stays valid and yields the same successor.
   *
   * @default 0
   */
  readonly graceSeconds?: number;
  /** Path of the token endpoint. @default '/auth/login' */
  readonly tokenPath?: string;
}

/** A scripted failure or change of one token request. */
export interface ScriptedFailure {
  /** Breaks the connection before or after the request is executed. */
  readonly drop?: 'before' | 'after';
  /** Delay of the response. With `Infinity` there is none. */
  readonly delayMs?: number;
  /** Status to respond with, without executing the request. */
  readonly status?: number;
  /** Executes the request before it responds with {@link ScriptedFailure.status}, as behind a gateway that timed out. */
  readonly after?: boolean;
  /** A string is sent unchanged, any other value as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes the JSON of a successful response. */
  readonly edit?: (body: Record<string, unknown>) => unknown;
}

/** A request as the server received it. */
export interface SeenRequest {
  /** Epoch ms. */
  readonly at: number;
  readonly url: string;
  readonly method: string;
  readonly kind: 'login' | 'refresh' | 'api';
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: RequestRedirect;
  /** The credentials in `Authorization`, without the scheme. */
  readonly accessToken: string | undefined;
  /** Whether that access token had expired when the request arrived. */
  readonly expired: boolean;
  /** Status of the response; `undefined` until it is sent. */
  status?: number;
}

interface Family {
  readonly subject: string;
  generation: number;
  rotatedAt: number;
  revoked: boolean;
}

interface AccessToken {
  readonly family: number;
  readonly expiresAt: number;
  revoked: boolean;
}

/**
 * A token endpoint and a protected API in one `fetch`, with rotation, reuse detection and scripted failures.
 *
 * A POST to {@link FakeTokenServerOptions.tokenPath} with `grant_type=refresh_token` is a refresh. Another POST there
 * signs in the user in `username` or `email`. Every other request is an API call, with a response of 200 and the
 * user, or 401.
 *
 * @example
 * const clock = new TestClock();
 * const server = new FakeTokenServer({ clock, graceSeconds: 30 });
 * const { ports } = new TestBrowser({ clock, fetch: server.fetch }).openTab();
 * const session = new Session({ refresh: { url: '/auth/login' } }, ports);
 * session.logIn(server.logIn('ann'));
 * server.fail({ drop: 'after' }); // the next refresh is executed, and its response is lost
 * await clock.advance(58_000);
 * expect(session.state.status).toBe('logged-in');
 * expect(server.refreshes.length).toBe(2);
 */
export class FakeTokenServer {
  /** All requests so far. */
  readonly requests: SeenRequest[] = [];
  /** Number of refresh tokens that were used after their rotation. */
  reuseAlarms = 0;
  /** Number of executed refreshes, with or without a response. */
  rotations = 0;
  private readonly families: Family[] = [];
  private readonly accessTokens = new Map<string, AccessToken>();
  private readonly failures: ScriptedFailure[] = [];
  private lasting: ScriptedFailure | undefined;
  private offline = false;
  private skewMs = 0;

  constructor(private readonly options: FakeTokenServerOptions) {}

  /** Signs a user in and returns the response body, for `session.logIn` or `authService.setResponseObject`. */
  logIn(subject = 'ann'): Record<string, unknown> {
    this.families.push({ subject, generation: 0, rotatedAt: Number.NEGATIVE_INFINITY, revoked: false });
    return this.tokens(this.families.length - 1);
  }

  /** Sets the failures of the next refreshes, one each. */
  fail(...failures: ScriptedFailure[]): void {
    this.failures.push(...failures);
  }

  /** Sets the failure of every refresh from now on. `undefined` removes it. */
  failAlways(failure: ScriptedFailure | undefined): void {
    this.lasting = failure;
  }

  /** Rejects all issued access tokens with 401. Their sessions continue. */
  expireAccess(): void {
    for (const token of this.accessTokens.values()) token.revoked = true;
  }

  /** Revokes all sessions with their access tokens. */
  revoke(): void {
    for (const family of this.families) family.revoked = true;
    this.expireAccess();
  }

  /** Rejects all requests with a network error. */
  goOffline(): void {
    this.offline = true;
  }

  /** Ends {@link FakeTokenServer.goOffline}. */
  goOnline(): void {
    this.offline = false;
  }

  /** Goes online and removes all scripted failures. */
  recover(): void {
    this.offline = false;
    this.lasting = undefined;
    this.failures.length = 0;
  }

  /** Whether the session of a refresh token continues at the server. */
  isOpen(refreshToken: string): boolean {
    const family = this.families[Number(/^rt-(\d+)-/.exec(refreshToken)?.[1])];
    return family !== undefined && !family.revoked;
  }

  /** Moves the server's clock forward by so many ms, or backward if negative. */
  skewClock(ms: number): void {
    this.skewMs = ms;
  }

  /** The refresh requests so far. */
  get refreshes(): SeenRequest[] {
    return this.requests.filter(({ kind }) => kind === 'refresh');
  }

  /** The API calls so far. */
  get calls(): SeenRequest[] {
    return this.requests.filter(({ kind }) => kind === 'api');
  }

  /** Replaces the page's `fetch`. Relative URLs are resolved against `https://app.example`. */
  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = received(input, init);
    const body = typeof request.body === 'string' ? request.body : await counted(request.body());
    const accessToken = /^(?:Bearer |DPoP )?(.+)$/.exec(request.headers.get('Authorization') ?? '')?.[1];
    const known = accessToken === undefined ? undefined : this.accessTokens.get(accessToken);
    const seen: SeenRequest = {
      at: this.options.clock.now(),
      url: request.url,
      method: request.method,
      kind: this.kindOf(request.url, body),
      headers: request.headers,
      body,
      redirect: request.redirect,
      accessToken,
      expired: known !== undefined && known.expiresAt <= this.now(),
    };
    this.requests.push(seen);
    const answer =
      seen.kind === 'refresh'
        ? this.respondToRefresh(seen)
        : seen.kind === 'login'
          ? this.respondToLogin(seen)
          : this.respondToCall(seen, known);
    return abortable(answer, request.signal);
  };

  private kindOf(url: string, body: string): SeenRequest['kind'] {
    if (new URL(url).pathname !== (this.options.tokenPath ?? '/auth/login')) return 'api';
    return /grant_type["':= ]+refresh_token/.test(body) ? 'refresh' : 'login';
  }

  private async respondToLogin(seen: SeenRequest): Promise<Response> {
    if (this.offline) throw new TypeError('Failed to fetch');
    const name = /(?:username|email)"?[:=]\s*"?([^"&,}]+)/.exec(seen.body)?.[1];
    return this.respond(seen, 200, this.logIn(name && decodeURIComponent(name)));
  }

  private async respondToCall(seen: SeenRequest, token: AccessToken | undefined): Promise<Response> {
    if (this.offline) throw new TypeError('Failed to fetch');
    const good = token && !token.revoked && token.expiresAt > this.now() && !this.families[token.family]?.revoked;
    return this.respond(
      seen,
      good ? 200 : 401,
      good ? { subject: this.families[token.family]?.subject } : { error: 'invalid_token' },
    );
  }

  private async respondToRefresh(seen: SeenRequest): Promise<Response> {
    const failure = this.failures.shift() ?? this.lasting ?? {};
    if (this.offline || failure.drop === 'before') throw new TypeError('Failed to fetch');
    if (failure.status !== undefined && (failure.after || failure.drop === 'after')) this.refresh(seen);
    const { status = 200, body } = failure.status === undefined ? this.refresh(seen) : failure;
    await this.wait(failure.delayMs ?? 0);
    if (failure.drop === 'after') throw new TypeError('Failed to fetch');
    const edited = failure.edit && isRecord(body) ? failure.edit(body) : body;
    return this.respond(seen, status, failure.body ?? edited, failure.headers);
  }

  private refresh({ body }: SeenRequest): { status: number; body: unknown } {
    const presented = /rt-(\d+)-(\d+)/.exec(body);
    const family = this.families[Number(presented?.[1])];
    const generation = Number(presented?.[2]);
    if (!family || family.revoked) return refusal;
    if (generation !== family.generation) {
      const graceMs = (this.options.graceSeconds ?? 0) * 1000;
      const inGrace = generation === family.generation - 1 && this.now() - family.rotatedAt <= graceMs && graceMs > 0;
      if (inGrace) return { status: 200, body: this.tokens(Number(presented?.[1])) };
      this.reuseAlarms++;
      family.revoked = true;
      return refusal;
    }
    this.rotations++;
    if (this.options.rotation ?? true) family.generation++;
    family.rotatedAt = this.now();
    return { status: 200, body: this.tokens(Number(presented?.[1])) };
  }

  private tokens(family: number): Record<string, unknown> {
    const { subject, generation } = this.families[family] as Family;
    const issuedAt = Math.floor(this.now() / 1000);
    const lifetime = this.options.accessTokenLifetimeSeconds ?? 60;
    const claims = { sub: subject, iat: issuedAt, exp: issuedAt + lifetime, jti: `${this.accessTokens.size}` };
    const accessToken = `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims)}.unsigned`;
    this.accessTokens.set(accessToken, { family, expiresAt: this.now() + lifetime * 1000, revoked: false });
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: lifetime,
      refresh_token: `rt-${family}-${generation}`,
    };
  }

  private respond(
    seen: SeenRequest,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Response {
    seen.status = status;
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const contentType = typeof body === 'string' || body === undefined ? 'text/plain' : 'application/json';
    const date = new Date(this.now()).toUTCString();
    const response = new Response(status === 204 ? null : text, {
      status,
      headers: { 'Content-Type': contentType, Date: date, ...headers },
    });
    // The platform reads a body in its own time.
    return Object.assign(response, { text: async () => text, json: async () => JSON.parse(text) });
  }

  private wait(delayMs: number): Promise<void> {
    if (delayMs === 0) return Promise.resolve();
    return new Promise(resolve => {
      if (delayMs !== Number.POSITIVE_INFINITY) this.options.clock.after(delayMs, resolve);
    });
  }

  private now(): number {
    return this.options.clock.now() + this.skewMs;
  }
}

/** Base of relative URLs. */
const page = 'https://app.example';
const refusal = { status: 400, body: { error: 'invalid_grant' } };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** JSON in ASCII, because test runners with jsdom have no `TextEncoder`. */
function base64url(value: unknown): string {
  const json = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return btoa(json).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal | undefined;
  readonly body: string | (() => Promise<string>);
}

/** The request as received. Creates a `Request` only if necessary, because that is slow. */
function received(input: RequestInfo | URL, init: RequestInit = {}): Received {
  const { method = 'GET', body = '', redirect = 'follow', signal } = init;
  if (input instanceof Request || typeof body !== 'string') {
    const request = new Request(input instanceof Request ? input : new URL(input, page), init);
    const { url, headers } = request;
    return {
      url,
      headers,
      method: request.method,
      redirect: request.redirect,
      signal: request.signal,
      body: () => request.text(),
    };
  }
  const url = new URL(input, page).href;
  return { url, method, headers: new Headers(init.headers), redirect, signal: signal ?? undefined, body };
}

function abortable(answer: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason ?? new DOMException('Aborted', 'AbortError'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    answer.then(resolve, reject);
  });
}
