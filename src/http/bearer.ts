import { AuthError } from '../errors.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { Session } from '../session/session.js';
import { isLoggedIn, type LiveSession } from '../session/session-state.js';
import type { TokenSet } from '../session/token-set.js';
import type { ProtectedUrls } from './protected-urls.js';

/** What happened to a request on its way, for logs and timelines. Instants are epoch ms on the session's clock. */
export interface BearerActivity {
  readonly type: 'waiting' | 'resumed' | 'rejected' | 'replayed' | 'paused';
  readonly at: number;
  readonly url: string;
}

/** How a {@link Bearer} carries the token, and where to. */
export interface BearerOptions {
  /** Which requests may carry the token. */
  readonly protects: ProtectedUrls;
  /** @default 'Authorization' */
  readonly headerName?: string;
  /** What stands before the token, with a space between; empty: the bare token. @default 'Bearer' */
  readonly scheme?: string;
  /** For tokens of type `DPoP`, which are then sent under that scheme. Tokens of type `Bearer` go without. */
  readonly proof?: ProofOfPossession | undefined;
  /** Sends a replay. @default the page's fetch */
  fetch(request: Request): Promise<Response>;
  /** Told of what happens to requests that carry the token. Never of the token. */
  readonly onActivity?: ((activity: BearerActivity) => void) | undefined;
  /** Told of what was survived: an `onActivity` that threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** What one caller wants for one request. */
export interface RequestAuthOptions {
  /** `false`: send it without the token. */
  readonly auth?: boolean | undefined;
  /** `false`: do not send it again after a 401. */
  readonly replay?: boolean | undefined;
}

const noAuthOptions: RequestAuthOptions = {};
const rememberedTokens = 16;
const pauseMs = 60_000;
const youngMs = 10_000;
const rejectionsBeforePause = 3;

/**
 * Carries the access token to protected URLs (RFC 6750 §2.1), and sees to a request that a server rejects: refreshed once
 * for all, sent again once.
 */
export class Bearer {
  /** The header that carries the token. */
  readonly headerName: string;
  private readonly isKeptOnRedirect: boolean;
  private readonly sentUnder = new Map<string, LiveSession>();
  private readonly retryClones = new WeakMap<Request, Request>();
  private readonly replays = new WeakSet<Request>();
  /** What was sent last in place of a request that was rejected. */
  private readonly replayOf = new WeakMap<Request, Request>();
  private readonly authOptions = new WeakMap<Request, RequestAuthOptions>();
  /** By origin: the young tokens that it rejected, and when. */
  private readonly rejections = new Map<string, Map<TokenSet, number>>();
  /** Most applications have none: then a request is not looked up. */
  private hasAuthOptions = false;
  private header: { readonly tokens: TokenSet; readonly value: string } | undefined;

  constructor(
    private readonly session: Session,
    private readonly options: BearerOptions,
  ) {
    this.headerName = options.headerName ?? 'Authorization';
    this.isKeptOnRedirect = this.headerName.toLowerCase() !== 'authorization';
  }

  /** Says what is wanted for a request, before it is authorised. */
  setAuthOptions(request: Request, authOptions: RequestAuthOptions): void {
    if (authOptions.auth === false || authOptions.replay === false) {
      this.authOptions.set(request, authOptions);
      this.hasAuthOptions = true;
    } else if (this.hasAuthOptions) {
      this.authOptions.delete(request);
    }
  }

  /**
   * The request with the token on it: at once when the token is fresh, otherwise when it has been refreshed. Requests to other
   * URLs, with a header of the caller's own, or while nobody is signed in, come back as they are. One that was authorised
   * before stays with the user it was authorised for.
   *
   * @param isPlain neither header nor signal in it is of the caller's own, so they are not looked at
   * @throws {AuthError} rejects where no fresh token could be had in time, or the session ended meanwhile
   */
  authorize(request: Request, isPlain = false): Request | Promise<Request> {
    if (!this.options.protects(request.url)) return request;
    const { state } = this.session;
    const live = isLoggedIn(state) ? state : undefined;
    const own = isPlain ? null : request.headers.get(this.headerName);
    const under = own === null ? live : this.sentUnder.get(own);
    if (!under || this.authOptionsFor(request).auth === false) return request;
    return under === live && this.session.freshToken()
      ? this.withToken(request, live)
      : this.hold(request, under, isPlain);
  }

  /**
   * Looks at an answer, and for a 401 to a token of ours sends the request again with another one. A second 401, or one that
   * nothing can be done about, comes back as it is.
   *
   * @throws {AuthError} `session_changed` when another user signed in meanwhile; the abort reason when the request was aborted
   */
  handleResponse(response: Response, request: Request): Response | Promise<Response> {
    const { proof } = this.options;
    if ((response.status !== 401 && !proof) || isFromElsewhere(response, request)) return response;
    const challenged = proof?.isChallenge(response, request) ?? false;
    if (response.status !== 401) return response;
    const under = this.senderOf(request);
    return under ? this.replay(response, request, under, challenged) : response;
  }

  /** `fetch` with both of the above, for use without an HTTP client. */
  async fetch(input: RequestInfo | URL, init?: RequestInit & RequestAuthOptions): Promise<Response> {
    const request = new Request(input, init);
    if (init)
      this.setAuthOptions(request, { auth: init.auth, replay: init.replay ?? !(init.body instanceof ReadableStream) });
    const isAddress = typeof input === 'string' || input instanceof URL;
    const isPlain = isAddress && !init?.headers && !init?.signal;
    const authorized = await this.authorize(request, isPlain);
    return this.handleResponse(await this.options.fetch(authorized), authorized);
  }

  /** Whether the request went out with the token of this moment, at once or when it was sent again. */
  hasSentCurrentToken(request: Request): boolean {
    const { state } = this.session;
    const sent = this.senderOf(this.replayOf.get(request) ?? request);
    return isLoggedIn(state) && sent?.tokens === state.tokens;
  }

  private senderOf(request: Request): LiveSession | undefined {
    const value = request.headers.get(this.headerName);
    return value === null ? undefined : this.sentUnder.get(value);
  }

  private hold(request: Request, under: LiveSession, isPlain: boolean): Promise<Request> {
    const { url } = request;
    const signal = isPlain ? undefined : request.signal;
    this.tell('waiting', url);
    const release = (live: LiveSession) => {
      this.tell('resumed', url);
      return this.withToken(request, live);
    };
    return this.session.withFreshToken(release, { signal, under });
  }

  private withToken(request: Request, live: LiveSession): Request | Promise<Request> {
    const proof = live.tokens.tokenType === 'DPoP' ? this.options.proof : undefined;
    if (this.header?.tokens !== live.tokens) this.header = { tokens: live.tokens, value: this.remember(live) };
    const carrier = this.isKeptOnRedirect || proof ? withoutRedirects(request) : request;
    carrier.headers.set(this.headerName, this.header.value);
    if (carrier !== request) this.setAuthOptions(carrier, this.authOptionsFor(request));
    if (mayHaveBody(request) && this.authOptionsFor(request).replay !== false)
      this.retryClones.set(carrier, carrier.clone());
    return proof ? proof.prove(carrier, live.tokens).then(() => carrier) : carrier;
  }

  private remember(live: LiveSession): string {
    const { proof, scheme: configured = 'Bearer' } = this.options;
    const scheme = proof && live.tokens.tokenType === 'DPoP' ? 'DPoP' : configured;
    const value = scheme === '' ? live.tokens.accessToken : `${scheme} ${live.tokens.accessToken}`;
    this.sentUnder.set(value, live);
    for (const oldest of this.sentUnder.keys()) {
      if (this.sentUnder.size <= rememberedTokens) break;
      this.sentUnder.delete(oldest);
    }
    return value;
  }

  private async replay(
    response: Response,
    request: Request,
    under: LiveSession,
    challenged: boolean,
  ): Promise<Response> {
    const { url, signal } = request;
    this.tell('rejected', url);
    const retryClone = this.retryCloneOf(request, response);
    if (!retryClone || (!challenged && this.isPaused(url, under))) return response;
    try {
      const rejected = challenged ? undefined : under.tokens.accessToken;
      const again = await this.session.withFreshToken(live => this.withToken(retryClone, live), {
        signal,
        under,
        rejected,
      });
      this.retryClones.delete(again);
      this.replays.add(again);
      this.replayOf.set(request, again);
      void response.body?.cancel().catch(() => undefined);
      this.tell('replayed', url);
      return await this.options.fetch(again);
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'session_changed') return response;
      throw error;
    }
  }

  private authOptionsFor(request: Request): RequestAuthOptions {
    return (this.hasAuthOptions && this.authOptions.get(request)) || noAuthOptions;
  }

  /** A redirect may follow on what a request did: that is not to be done again. */
  private retryCloneOf(request: Request, { redirected }: Response): Request | undefined {
    if (this.replays.has(request) || this.authOptionsFor(request).replay === false) return undefined;
    if (redirected && !onlyReads(request)) return undefined;
    return mayHaveBody(request) ? this.retryClones.get(request) : request.clone();
  }

  /** A server that rejects token after token, fresh as they are, will not be won over by more of them. */
  private isPaused(url: string, { tokens }: LiveSession): boolean {
    const now = this.session.now();
    const { origin } = new URL(url);
    const recent = new Map([...(this.rejections.get(origin) ?? [])].filter(([, at]) => now - at < pauseMs));
    const paused = !recent.has(tokens) && recent.size >= rejectionsBeforePause;
    if (paused) this.tell('paused', url);
    else if (now - tokens.receivedAt < youngMs) recent.set(tokens, now);
    this.rejections.set(origin, recent);
    return paused;
  }

  private tell(type: BearerActivity['type'], url: string): void {
    const { onActivity, onError } = this.options;
    try {
      onActivity?.({ type, at: this.session.now(), url });
    } catch (error) {
      onError?.(error);
    }
  }
}

/** A header of another name than `Authorization` survives a redirect to another origin; a proof is for one address only. */
function withoutRedirects(request: Request): Request {
  return request.redirect === 'error' ? request : new Request(request, { redirect: 'error' });
}

/** Redirected to another origin, the request went there without its token. */
function isFromElsewhere({ redirected, url }: Response, request: Request): boolean {
  return redirected && new URL(url).origin !== new URL(request.url).origin;
}

function onlyReads({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function mayHaveBody(request: Request): boolean {
  return !onlyReads(request) && request.body !== null;
}
