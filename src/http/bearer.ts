import { AuthError } from '../errors.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { Session } from '../session/session.js';
import { isLoggedIn, type LiveSession } from '../session/session-state.js';
import type { TokenSet } from '../session/token-set.js';
import type { ProtectedUrls } from './protected-urls.js';
import { authOptionsOf, type RequestAuthOptions } from './request-auth-options.js';
import { copyOf, isSafe } from './request-copy.js';
import { SentTokens } from './sent-tokens.js';

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
  /** Returns the token to send. @default the access token */
  readonly token?: (tokens: TokenSet) => string;
  /** For tokens of type `DPoP`, which are then sent under that scheme. Tokens of type `Bearer` go without. */
  readonly proof?: ProofOfPossession | undefined;
  /** Sends a replay. @default the page's fetch */
  fetch(request: Request): Promise<Response>;
  /** Told of what happens to requests that carry the token. Never of the token. */
  readonly onActivity?: ((activity: BearerActivity) => void) | undefined;
  /** Told of what was survived: an `onActivity` that threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** What {@link Bearer.authorize} cannot see in the request itself. */
export interface AuthorizeOptions extends RequestAuthOptions {
  /**
   * The `body` that the request was created with. Kept alive until the request has settled: in WebKit a `Request` does not keep
   * the files of its `FormData`.
   */
  readonly body?: unknown;
  /** Sets the header on the given request instead of a copy, for a request that was created to be sent once. @default false */
  readonly inPlace?: boolean | undefined;
}

/** What is known of a request that was sent, beyond the request itself. */
interface SentRequest {
  readonly replay: boolean;
  readonly retryClone?: Request | undefined;
  /** Kept alive by this record. */
  readonly body?: unknown;
  /** The request that was sent last in place of one that was rejected. */
  readonly replayedAs?: Request;
}

const defaults: RequestInit & RequestAuthOptions = {};
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
  private readonly sentTokens: SentTokens;
  /** Without those to which nothing special applies: a GET with default options. */
  private readonly sent = new WeakMap<Request, SentRequest>();
  /** By origin: the young tokens that it rejected, and when. */
  private readonly rejections = new Map<string, Map<TokenSet, number>>();

  constructor(
    private readonly session: Session,
    private readonly options: BearerOptions,
  ) {
    const { proof, scheme = 'Bearer', token = accessToken } = options;
    this.headerName = options.headerName ?? 'Authorization';
    this.isKeptOnRedirect = this.headerName.toLowerCase() !== 'authorization';
    const schemeOf = ({ tokens }: LiveSession) => (proof && tokens.tokenType === 'DPoP' ? 'DPoP' : scheme);
    this.sentTokens = new SentTokens(this.headerName, schemeOf, token);
  }

  /**
   * Returns a copy of the request with the token on it: at once if the token is fresh, otherwise once it has been refreshed.
   * The request itself comes back, unchanged, if its URL is not protected, if it has a header of the caller's own, or if no user
   * is signed in. A request that was authorized before stays with the user that it was authorized for.
   *
   * @throws {AuthError} rejects if no fresh token could be had in time, or the session ended meanwhile
   */
  authorize(request: Request, options: AuthorizeOptions = defaults): Request | Promise<Request> {
    return this.authorized(request, options, request);
  }

  /**
   * Handles a response. For a 401 to a token of the session, sends the request again with another token. A second 401 comes back
   * as it is, and so does a 401 that no other token can help.
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

  /** The page's `fetch` with both of the above, for use without an HTTP client. Can be passed on as a function. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit & RequestAuthOptions): Promise<Response> => {
    const marked = authOptionsOf(input);
    const { auth = marked.auth, replay = marked.replay, body, headers, signal } = init ?? defaults;
    const request = input instanceof Request && !init ? copyOf(input) : new Request(input, init);
    const isAddress = typeof input === 'string' || input instanceof URL;
    const callers = isAddress && !headers && !signal ? undefined : request;
    const authorized = await this.authorized(request, { auth, replay, body, inPlace: true }, callers);
    const { fetch } = this.options;
    return this.handleResponse(await fetch(authorized), authorized);
  };

  /** Whether the request went out with the token of this moment, at once or when it was sent again. */
  hasSentCurrentToken(request: Request): boolean {
    const { state } = this.session;
    const sender = this.senderOf(this.sent.get(request)?.replayedAs ?? request);
    return isLoggedIn(state) && sender?.tokens === state.tokens;
  }

  /** @param callers the request if the caller can have set a header or a signal in it: looking for them takes time */
  private authorized(
    request: Request,
    options: AuthorizeOptions,
    callers: Request | undefined,
  ): Request | Promise<Request> {
    if (options.auth === false || !this.options.protects(request.url)) return request;
    const { state } = this.session;
    const live = isLoggedIn(state) ? state : undefined;
    const header = callers ? callers.headers.get(this.headerName) : null;
    const under = header === null ? live : this.sentTokens.sessionOf(header);
    if (!under) return request;
    return under === live && this.session.freshToken()
      ? this.withToken(request, live, options)
      : this.waitForToken(request, under, options, callers?.signal);
  }

  private waitForToken(
    request: Request,
    under: LiveSession,
    options: AuthorizeOptions,
    signal: AbortSignal | undefined,
  ): Promise<Request> {
    const { url } = request;
    this.tell('waiting', url);
    const release = (live: LiveSession) => {
      this.tell('resumed', url);
      return this.withToken(request, live, options);
    };
    return this.session.withFreshToken(release, { signal, under });
  }

  private withToken(request: Request, live: LiveSession, options: AuthorizeOptions): Request | Promise<Request> {
    const proof = live.tokens.tokenType === 'DPoP' ? this.options.proof : undefined;
    const value = this.sentTokens.valueOf(live);
    const carrier = this.carrierOf(request, options, proof);
    carrier.headers.set(this.headerName, value);
    this.remember(carrier, options);
    return proof ? proof.prove(carrier, live.tokens).then(() => carrier) : carrier;
  }

  /** A header of another name than `Authorization` survives a redirect to another origin; a proof is for one address only. */
  private carrierOf(request: Request, { inPlace }: AuthorizeOptions, proof: ProofOfPossession | undefined): Request {
    const mustNotRedirect = (this.isKeptOnRedirect || proof) && request.redirect !== 'error';
    if (mustNotRedirect) return copyOf(request, 'error');
    return inPlace ? request : copyOf(request);
  }

  /** A request that is not safe can have a body, which only a clone made before the first send has still. */
  private remember(carrier: Request, { body, replay = !(body instanceof ReadableStream) }: AuthorizeOptions): void {
    const isCloned = replay && !isSafe(carrier);
    if (isCloned || !replay) {
      this.sent.set(carrier, { body, replay, retryClone: isCloned ? carrier.clone() : undefined });
    } else {
      // A request that was authorized before can have had other options.
      this.sent.delete(carrier);
    }
  }

  private senderOf(request: Request): LiveSession | undefined {
    return this.sentTokens.sessionOf(request.headers.get(this.headerName));
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
    const sent = this.sent.get(request);
    const options = { replay: false, body: sent?.body, inPlace: true };
    const rejected = challenged ? undefined : under.tokens.accessToken;
    try {
      const again = await this.session.withFreshToken(live => this.withToken(retryClone, live, options), {
        signal,
        under,
        rejected,
      });
      this.sent.set(request, { replay: true, ...sent, replayedAs: again });
      void response.body?.cancel().catch(() => undefined);
      this.tell('replayed', url);
      const { fetch } = this.options;
      const final = await fetch(again);
      // Lets go of the body, which had to be kept until now.
      this.sent.set(again, { replay: false });
      return final;
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'session_changed') return response;
      throw error;
    }
  }

  /** A redirect may follow on what a request did: that is not to be done again. */
  private retryCloneOf(request: Request, { redirected }: Response): Request | undefined {
    const sent = this.sent.get(request);
    if (sent?.replay === false || (redirected && !isSafe(request))) return undefined;
    return isSafe(request) ? request.clone() : sent?.retryClone;
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

/** Redirected to another origin, the request went there without its token. */
function isFromElsewhere({ redirected, url }: Response, request: Request): boolean {
  return redirected && new URL(url).origin !== new URL(request.url).origin;
}

function accessToken(tokens: TokenSet): string {
  return tokens.accessToken;
}
