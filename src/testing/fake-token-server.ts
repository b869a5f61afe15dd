import { counted, type TestClock } from './test-clock.js';

/** What a {@link FakeTokenServer} answers, and when. */
export interface FakeTokenServerOptions {
  /** The clock that the tabs have, too. */
  readonly clock: Pick<TestClock, 'now' | 'after'>;
  /** @default 60 */
  readonly accessTokenLifetimeSeconds?: number;
  /**
   * Hands out a new refresh token at each refresh, and ends the session when an old one is used again.
   * @default true
   */
  readonly rotation?: boolean;
  /**
   * How long the refresh token before the current one still works, and gets the same successor.
   * @default 0
   */
  readonly graceSeconds?: number;
  /** Where tokens are handed out. @default '/auth/login' */
  readonly tokenPath?: string;
}

/** What to do to one request to the token endpoint. */
export interface Fault {
  /** The connection breaks before or after the server has done its work. */
  readonly drop?: 'before' | 'after';
  /** The answer takes this long; `Infinity`: it never comes. */
  readonly delayMs?: number;
  /** Answers this instead of doing the work. */
  readonly status?: number;
  /** Does the work before it answers with {@link Fault.status}, as behind a gateway that gave up. */
  readonly after?: boolean;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes the JSON of a proper answer. */
  readonly edit?: (body: Record<string, unknown>) => unknown;
}

/** A request as the server saw it. */
export interface SeenRequest {
  /** Epoch ms. */
  readonly at: number;
  readonly url: string;
  readonly method: string;
  readonly kind: 'login' | 'refresh' | 'api';
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: RequestRedirect;
  /** What stood in `Authorization`, without its scheme. */
  readonly accessToken: string | undefined;
  /** Whether that access token had expired when it came. */
  readonly expired: boolean;
  /** Absent while there is no answer. */
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
 * A token endpoint and a protected API in one, as a `fetch`: rotation with reuse detection, and faults by script. A POST to
 * {@link FakeTokenServerOptions.tokenPath} is a refresh when it says `grant_type=refresh_token`, otherwise it signs in whom its
 * `username` or `email` names; every other request is an API call, answered with 200 and the user, or with 401.
 *
 * @example
 * const clock = new TestClock();
 * const server = new FakeTokenServer({ clock, graceSeconds: 30 });
 * const { ports } = new TestBrowser({ clock, fetch: server.fetch }).openTab();
 * const session = new Session({ refresh: { url: '/auth/login' } }, ports);
 * session.logIn(server.logIn('ann'));
 * server.fail({ drop: 'after' }); // the next refresh is carried out, and its answer lost
 * await clock.advance(58_000);
 * expect(session.state.status).toBe('logged-in');
 * expect(server.refreshes.length).toBe(2);
 */
export class FakeTokenServer {
  /** Everything that has come in so far. */
  readonly requests: SeenRequest[] = [];
  /** How often a refresh token was used again after its time. */
  reuseAlarms = 0;
  /** Refreshes that were carried out, answered or not. */
  rotations = 0;
  private readonly families: Family[] = [];
  private readonly accessTokens = new Map<string, AccessToken>();
  private readonly faults: Fault[] = [];
  private lasting: Fault | undefined;
  private offline = false;
  private skewMs = 0;

  constructor(private readonly options: FakeTokenServerOptions) {}

  /** Signs a user in and returns the body of the answer, for `session.logIn` or `authService.setResponseObject`. */
  logIn(subject = 'ann'): Record<string, unknown> {
    this.families.push({ subject, generation: 0, rotatedAt: Number.NEGATIVE_INFINITY, revoked: false });
    return this.tokens(this.families.length - 1);
  }

  /** Faults for the next refreshes, one each, in turn. */
  fail(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  /** A fault for every refresh from now on, or none. */
  failAlways(fault: Fault | undefined): void {
    this.lasting = fault;
  }

  /** Every access token that is out is answered 401 from now on; their sessions stay open. */
  expireAccess(): void {
    for (const token of this.accessTokens.values()) token.revoked = true;
  }

  /** Every session that is open is revoked, with its access tokens. */
  revoke(): void {
    for (const family of this.families) family.revoked = true;
    this.expireAccess();
  }

  /** Nothing reaches the server. */
  goOffline(): void {
    this.offline = true;
  }

  /** Ends what {@link FakeTokenServer.goOffline} began. */
  goOnline(): void {
    this.offline = false;
  }

  /** The server is in order again: online, and every fault is forgotten. */
  recover(): void {
    this.offline = false;
    this.lasting = undefined;
    this.faults.length = 0;
  }

  /** Whether the session of a refresh token is still open here. */
  isOpen(refreshToken: string): boolean {
    const family = this.families[Number(/^rt-(\d+)-/.exec(refreshToken)?.[1])];
    return family !== undefined && !family.revoked;
  }

  /** Puts the server's clock ahead (or, negative, behind) by so many ms. */
  skewClock(ms: number): void {
    this.skewMs = ms;
  }

  /** The refreshes that have come in so far. */
  get refreshes(): SeenRequest[] {
    return this.requests.filter(({ kind }) => kind === 'refresh');
  }

  /** The API calls that have come in so far. */
  get calls(): SeenRequest[] {
    return this.requests.filter(({ kind }) => kind === 'api');
  }

  /** In place of the page's `fetch`. Relative addresses are of `https://app.example`. */
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
        ? this.answerRefresh(seen)
        : seen.kind === 'login'
          ? this.answerLogin(seen)
          : this.answerCall(seen, known);
    return abortable(answer, request.signal);
  };

  private kindOf(url: string, body: string): SeenRequest['kind'] {
    if (new URL(url).pathname !== (this.options.tokenPath ?? '/auth/login')) return 'api';
    return /grant_type["':= ]+refresh_token/.test(body) ? 'refresh' : 'login';
  }

  private async answerLogin(seen: SeenRequest): Promise<Response> {
    if (this.offline) throw new TypeError('Failed to fetch');
    const name = /(?:username|email)"?[:=]\s*"?([^"&,}]+)/.exec(seen.body)?.[1];
    return this.answer(seen, 200, this.logIn(name && decodeURIComponent(name)));
  }

  private async answerCall(seen: SeenRequest, token: AccessToken | undefined): Promise<Response> {
    if (this.offline) throw new TypeError('Failed to fetch');
    const good = token && !token.revoked && token.expiresAt > this.now() && !this.families[token.family]?.revoked;
    return this.answer(
      seen,
      good ? 200 : 401,
      good ? { subject: this.families[token.family]?.subject } : { error: 'invalid_token' },
    );
  }

  private async answerRefresh(seen: SeenRequest): Promise<Response> {
    const fault = this.faults.shift() ?? this.lasting ?? {};
    if (this.offline || fault.drop === 'before') throw new TypeError('Failed to fetch');
    if (fault.status !== undefined && (fault.after || fault.drop === 'after')) this.refresh(seen);
    const { status = 200, body } = fault.status === undefined ? this.refresh(seen) : fault;
    await this.wait(fault.delayMs ?? 0);
    if (fault.drop === 'after') throw new TypeError('Failed to fetch');
    const edited = fault.edit && isRecord(body) ? fault.edit(body) : body;
    return this.answer(seen, status, fault.body ?? edited, fault.headers);
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

  private answer(
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
    // Reading a body takes the platform a while that nothing here can wait for.
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

/** Where requests come from, for relative URLs. */
const page = 'https://app.example';
const refusal = { status: 400, body: { error: 'invalid_grant' } };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function base64url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal | undefined;
  readonly body: string | (() => Promise<string>);
}

/** What came in. A `Request` is made only where nothing simpler tells the same: it costs far more than all the rest. */
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
