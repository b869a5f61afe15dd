import { AuthError } from '../errors.js';
import { ChangeListeners } from '../session/change-listeners.js';
import { checkOptions } from '../session/check-options.js';
import { countRejection } from '../session/diagnosis.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { Session } from '../session/session.js';
import { isLoggedIn, type LiveSession } from '../session/session-state.js';
import type { TokenSet } from '../session/token-set.js';
import type { BearerActivity } from './bearer-activity.js';
import { type AuthorizeOptions, type BearerOptions, bearerKinds } from './bearer-options.js';
import { challengeError, type Remedy, remedyFor } from './challenge.js';
import { discard } from './discard.js';
import { RejectingOrigins } from './rejecting-origins.js';
import { authOptionsOf, type RequestAuthOptions } from './request-auth-options.js';
import { copyOf, isSafe, isStream } from './request-copy.js';
import { SentTokens } from './sent-tokens.js';

/** What is known of a request that was sent, beyond the request itself. */
interface SentRequest {
  readonly replay: boolean;
  readonly retryClone?: Request | undefined;
  /** Kept alive by this record. */
  readonly body?: unknown;
  /** The request that was sent last in place of one that was rejected. */
  readonly replayedAs?: Request;
}

/** A request that was rejected, and the session whose token it carried. */
interface Rejection {
  readonly response: Response;
  readonly request: Request;
  readonly under: LiveSession;
  readonly error: string | undefined;
  readonly remedy: Remedy | undefined;
}

const defaults: RequestInit & RequestAuthOptions = {};

/**
 * Sends the access token with requests to protected URLs (RFC 6750 §2.1). Requests wait for a fresh token. A request that the
 * server rejects is sent once more, after a refresh that all such requests share.
 */
export class Bearer {
  /** Header that carries the token. */
  readonly headerName: string;
  private readonly isKeptOnRedirect: boolean;
  private readonly scheme: string;
  private readonly sentTokens: SentTokens;
  private readonly rejectingOrigins = new RejectingOrigins();
  private readonly listeners: ChangeListeners<BearerActivity>;
  /** Whether a request was sent that must not be replayed. In most apps none is, and looking one up takes time. */
  private hasUnreplayed = false;
  /** The latest demand that the user met. A late response to a request with the same token does not repeat it. */
  private metDemand: { readonly under: LiveSession; readonly demand: string | null } | undefined;
  /** A GET with default options has no entry. */
  private readonly sent = new WeakMap<Request, SentRequest>();

  /** @throws {AuthError} `invalid_configuration` */
  constructor(
    private readonly session: Session,
    private readonly options: BearerOptions,
  ) {
    checkOptions(options, bearerKinds);
    const { proof, scheme, headerName, token } = options;
    this.headerName = headerName || 'Authorization';
    this.isKeptOnRedirect = this.headerName.toLowerCase() !== 'authorization';
    this.scheme = scheme ?? 'Bearer';
    this.listeners = new ChangeListeners(error => options.onError?.(error));
    const schemeOf = ({ tokens }: LiveSession) => {
      if (tokens.tokenType !== 'DPoP') return this.scheme;
      if (proof) return 'DPoP';
      options.onError?.(new AuthError('invalid_configuration', 'A token of type DPoP is sent without a proof.'));
      return this.scheme;
    };
    this.sentTokens = new SentTokens(this.headerName, schemeOf, token || accessToken);
  }

  /**
   * Returns a copy of the request with the token: at once if the token is fresh, otherwise after a refresh. Returns the request
   * itself, unchanged, if its URL is not protected, if the caller set the header, or if no user is signed in. A request that was
   * authorized before stays with the user for whom it was authorized.
   *
   * @throws {AuthError} rejects if there is no fresh token in time, or if the session ends meanwhile
   */
  authorize(request: Request, options: AuthorizeOptions = defaults): Request | Promise<Request> {
    return this.authorized(request, options, request);
  }

  /**
   * Handles the response to a request. If the server rejected the session's token, replays the request with another one.
   * Returns a second rejection, and a rejection that another token does not help, as it is.
   *
   * @throws {AuthError} `session_changed` if another user has signed in; the abort reason if the request was aborted
   */
  handleResponse(response: Response, request: Request): Response | Promise<Response> {
    const handled = this.handled(response, request);
    return this.listeners.isEmpty ? handled : this.observed(handled, request);
  }

  private handled(response: Response, request: Request): Response | Promise<Response> {
    const { proof, stepUp } = this.options;
    const isRejection = response.status === 401 || (stepUp !== undefined && response.status === 403);
    if ((!isRejection && !proof) || isFromOtherOrigin(response, request)) return response;
    const needsProof = proof?.isChallenge(response, request);
    const under = isRejection ? this.senderOf(request) : undefined;
    const error = challengeError(response, this.scheme);
    const remedy = needsProof ? 'new-proof' : remedyFor(response, error);
    if (!under || (response.status === 403 && !remedy)) return response;
    return this.handleRejection({ response, request, under, error, remedy });
  }

  /** As the page's `fetch`, with the token on requests to protected URLs. Can be passed on as a function. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit & RequestAuthOptions): Promise<Response> => {
    const marked = authOptionsOf(input);
    const { auth = marked.auth, replay = marked.replay, headers, signal } = init || defaults;
    const request = input instanceof Request && !init ? copyOf(input) : new Request(input, init);
    const isUrl = typeof input === 'string' || input instanceof URL;
    const options = { auth, replay, body: init?.body, inPlace: true, signal: isUrl ? signal || null : undefined };
    const authorized = await this.authorized(request, options, isUrl && !headers ? undefined : request);
    const { fetch } = this.options;
    const sent = fetch(authorized);
    if (!this.listeners.isEmpty) sent.catch(() => this.noteFailure(authorized));
    return this.handleResponse(await sent, authorized);
  };

  /** Tells listeners that a request failed without a response. `bearer.fetch` does so by itself. */
  noteFailure(request: Request): void {
    if (this.senderOf(request)) this.tell('failed', request);
  }

  /** Calls `listener` with each event of a request that needs the token. Returns a function that stops that. */
  subscribe(listener: (activity: BearerActivity) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Whether the response means that the current access token is invalid, as sent first or in the replay. */
  hasRejectedCurrentToken(response: Response, request: Request): boolean {
    const { state } = this.session;
    const sender = this.senderOf(this.sent.get(request)?.replayedAs || request);
    return (
      isLoggedIn(state) &&
      sender?.tokens === state.tokens &&
      remedyFor(response, challengeError(response, this.scheme)) === 'new-token'
    );
  }

  // --- the token on requests ---

  /** @param callers the request if the caller may have set a header in it: reading it takes time */
  private authorized(
    request: Request,
    options: AuthorizeOptions,
    callers: Request | undefined,
  ): Request | Promise<Request> {
    if (options.auth === false || !this.options.protects(request.url)) return request;
    const { state } = this.session;
    const live = isLoggedIn(state) ? state : undefined;
    const header = callers ? callers.headers.get(this.headerName) : null;
    const under =
      header === null ? live || this.options.parkedRequests?.endedSession : this.sentTokens.sessionOf(header);
    if (!under) return request;
    if (under !== live || !this.session.freshToken()) {
      return this.waitForToken(request, under, options);
    }
    if (header === null) this.tell('sent', request);
    return this.withToken(request, live, options);
  }

  private waitForToken(request: Request, under: LiveSession, options: AuthorizeOptions): Promise<Request> {
    this.tell('waiting', request);
    const resume = (live: LiveSession) => {
      this.tell('resumed', request);
      return this.withToken(request, live, options);
    };
    const { signal = request.signal } = options;
    const token = () => this.session.withFreshToken(resume, { signal, under });
    const authorized = this.options.parkedRequests
      ? token().catch(error => this.parked(error, request, options.body).then(token))
      : token();
    if (!this.listeners.isEmpty) authorized.catch(() => this.tell('failed', request));
    return authorized;
  }

  private withToken(request: Request, live: LiveSession, options: AuthorizeOptions): Request | Promise<Request> {
    const proof = live.tokens.tokenType === 'DPoP' ? this.options.proof : undefined;
    const value = this.sentTokens.valueOf(live);
    const carrier = this.carrierOf(request, options, proof);
    carrier.headers.set(this.headerName, value);
    this.remember(carrier, options);
    return proof ? proof.prove(carrier, live.tokens).then(() => carrier) : carrier;
  }

  /** Browsers keep a header of another name than `Authorization` on a redirect to another origin. A proof is valid for one URL only. */
  private carrierOf(request: Request, { inPlace }: AuthorizeOptions, proof: ProofOfPossession | undefined): Request {
    const mustNotRedirect = (this.isKeptOnRedirect || proof) && request.redirect === 'follow';
    if (mustNotRedirect) return copyOf(request, 'error');
    return inPlace ? request : copyOf(request);
  }

  /** The body of a request can be sent once. So a request that may have a body is cloned before. */
  private remember(carrier: Request, { body, replay = !isStream(body) }: AuthorizeOptions): void {
    const isCloned = replay && !isSafe(carrier);
    if (isCloned || !replay) {
      this.sent.set(carrier, { body, replay, retryClone: isCloned ? carrier.clone() : undefined });
      this.hasUnreplayed ||= !replay;
    } else if (this.hasUnreplayed) {
      // A request that was authorized before can have had other options.
      this.sent.delete(carrier);
    }
  }

  private senderOf(request: Request): LiveSession | undefined {
    return this.sentTokens.sessionOf(request.headers.get(this.headerName));
  }

  // --- rejected requests ---

  private async handleRejection(rejection: Rejection): Promise<Response> {
    const { response, request, error } = rejection;
    const { status } = response;
    countRejection(this.session, error === undefined ? `${status}` : `${status} ${error}`);
    this.tell('rejected', request, { status, error });
    const again = await this.replayOf(rejection);
    if (!again) return response;
    this.sent.set(request, { replay: false, replayedAs: again });
    await discard(response, request);
    this.tell('replayed', request);
    const { fetch } = this.options;
    const final = await fetch(again);
    if (remedyFor(final, challengeError(final, this.scheme)) === 'new-token') {
      this.rejectingOrigins.add(again.url, `${again.headers.get(this.headerName)}`, this.session.now());
    }
    // Releases the body, which had to be kept until now.
    this.sent.set(again, { replay: false });
    return final;
  }

  /** The request with another token. Undefined if the response has to stand. */
  private async replayOf({ response, request, under, remedy }: Rejection): Promise<Request | undefined> {
    const { signal } = request;
    const { stepUp } = this.options;
    const retryClone = this.retryCloneOf(request, response);
    if (!retryClone || !remedy || (remedy === 'new-token' && this.isPaused(request, under))) return undefined;
    if (remedy === 'step-up') {
      if (!stepUp) return undefined;
      const demand = response.headers.get('WWW-Authenticate');
      if (this.metDemand?.under !== under || this.metDemand.demand !== demand) {
        this.tell('step-up', request);
        await stepUp(response, request);
        this.metDemand = { under, demand };
      }
    }
    const body = this.sent.get(request)?.body;
    const rejected = remedy === 'new-proof' ? undefined : under.tokens.accessToken;
    const use = (live: LiveSession) => this.withToken(retryClone, live, { replay: false, body, inPlace: true });
    const token = () => this.session.withFreshToken(use, { signal, under, rejected });
    return token().catch(error => {
      if (!(error instanceof AuthError) || error.code === 'session_changed') throw error;
      return this.parked(error, retryClone, body).then(token, reason => {
        if (reason !== error) throw reason;
        return undefined;
      });
    });
  }

  /** Waits for the user to sign in again. Rejects with the error if the request cannot wait. */
  private async parked(error: unknown, request: Request, body: unknown): Promise<void> {
    const { parkedRequests } = this.options;
    if (!parkedRequests) throw error;
    await parkedRequests.park(error, { request, body, parked: () => this.tell('parked', request) });
  }

  /** After a redirect the server may have done its work already: only a safe request may be replayed. */
  private retryCloneOf(request: Request, { redirected }: Response): Request | undefined {
    const sent = this.sent.get(request);
    if (sent?.replay === false || (redirected && !isSafe(request))) return undefined;
    return isSafe(request) ? request.clone() : sent?.retryClone;
  }

  /** Whether not to refresh for a 401. A token that was replaced needs no refresh, and for one that has expired a refresh is due. */
  private isPaused(request: Request, { tokens }: LiveSession): boolean {
    const { session } = this;
    const isPaused = session.freshToken() === tokens && this.rejectingOrigins.isPaused(request.url, session.now());
    if (isPaused) this.tell('paused', request);
    return isPaused;
  }

  // --- listeners ---

  /** Tells listeners how a request with the token ended. */
  private observed(handled: Response | Promise<Response>, request: Request): Response | Promise<Response> {
    if (!this.senderOf(request)) return handled;
    const responded = (response: Response) => {
      this.tell('responded', request, { status: response.status });
      return response;
    };
    if (handled instanceof Response) return responded(handled);
    handled.catch(() => this.tell('failed', request));
    return handled.then(responded);
  }

  private tell(
    type: BearerActivity['type'],
    request: Request,
    details?: Pick<BearerActivity, 'status' | 'error'>,
  ): void {
    if (this.listeners.isEmpty) return;
    this.listeners.notify({ type, at: this.session.now(), url: request.url, method: request.method, ...details });
  }
}

/** A request that was redirected to another origin arrived there without its token. */
function isFromOtherOrigin({ redirected, url }: Response, request: Request): boolean {
  return redirected && new URL(url).origin !== new URL(request.url).origin;
}

function accessToken(tokens: TokenSet): string {
  return tokens.accessToken;
}
