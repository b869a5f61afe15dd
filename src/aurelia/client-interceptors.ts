import type { RequestInit as ClientRequestInit, HttpClient, Interceptor } from 'aurelia-fetch-client';
import type { Bearer, RequestAuthOptions } from '../core.js';
import { logger } from './logger.js';

declare module 'aurelia-fetch-client' {
  interface RequestInit {
    /** `false`: send the request without the token. */
    auth?: boolean;
    /** `false`: do not send the request again after a 401. */
    replay?: boolean;
  }
}

export interface ClientInterceptorsOptions {
  /** Read for each request and response. */
  readonly bearer: Bearer;
  /** Whether requests carry a token at all. */
  isOn(): boolean;
  /** Whether a request to this address would carry a token now. */
  wouldAttachToken(url: string): boolean;
  /** Whether a request of a client without the interceptors to this address needs them. */
  lacksToken(url: string): boolean;
  /** Called when the final response to a request with the session's token is a 401. */
  onRejected(): void;
}

/** One call of a client: its options, its body, and the request that the client built for it. */
interface Call extends RequestAuthOptions {
  /** `null` without a body; undefined if the request is the caller's own. */
  readonly body?: unknown;
  /** `null` without a signal. */
  readonly signal?: AbortSignal | null | undefined;
  /** Undefined if the request is the caller's own. */
  readonly built?: Request | undefined;
}

const installed = new WeakMap<HttpClient, ClientInterceptors>();

/** Whether the client's requests carry the token. */
export function isInstalled(client: HttpClient): boolean {
  return installed.get(client)?.isInstalled ?? false;
}

/** Installs the bearer in a client. Does nothing if it is already installed. */
export function installBearer(client: HttpClient, options: ClientInterceptorsOptions): void {
  const known = installed.get(client) ?? new ClientInterceptors(client, options);
  installed.set(client, known);
  known.install(options);
}

/** Logs once that a client sends a request without the token, unless the bearer is installed in it before. */
export function watchClient(client: HttpClient, options: ClientInterceptorsOptions): void {
  if (!installed.has(client)) installed.set(client, new ClientInterceptors(client, options));
}

/** The request interceptors that serve one call. */
interface RequestInterceptors {
  /** Stays where the app installed the bearer, so that interceptors which the app added later see the header. */
  readonly early: Interceptor;
  /** Comes last, so that it sees the URL that is really requested. */
  readonly final: Interceptor;
}

/**
 * The bearer as interceptors of a client. The final request interceptor comes last; only a RetryInterceptor, which has to be
 * last, follows it. The response interceptor comes first, so that all others see the final response only.
 *
 * The client lines up its interceptors right after it built a request. So `buildRequest` puts request interceptors in place
 * that serve this one call: the options and the body stay with the call even if other interceptors replace the `Request`.
 */
class ClientInterceptors {
  private hasWarned = false;
  private wasInstalled = false;
  private readonly calls = new WeakMap<Request, Call>();
  private readonly retries = new WeakMap<object, Call>();
  private requestInterceptors = this.requestInterceptorsFor({});
  private readonly responseInterceptor: Interceptor;

  constructor(
    private readonly client: HttpClient,
    private options: ClientInterceptorsOptions,
  ) {
    const handle = (response: Response, request?: Request) => {
      this.rememberForRetry(request);
      return this.handleResponse(response, request);
    };
    this.responseInterceptor = {
      response: handle,
      responseError: (error: unknown, request?: Request) => {
        if (error instanceof Response) return handle(error, request);
        this.rememberForRetry(request);
        if (request) this.options.bearer.noteFailure(request);
        throw error;
      },
    };
    this.watchRequests();
  }

  /** Whether the client has the interceptors. */
  get isInstalled(): boolean {
    const { interceptors } = this.client;
    return interceptors.includes(this.requestInterceptors.final) && interceptors.includes(this.responseInterceptor);
  }

  /** The first installation decides the options; before, the client may only have been watched. */
  install(options: ClientInterceptorsOptions): void {
    if (!this.wasInstalled) this.options = options;
    this.putInPlace();
  }

  /** Puts the interceptors where they belong. The app may have added others meanwhile. */
  putInPlace(next = this.requestInterceptors): void {
    this.wasInstalled = true;
    const { interceptors } = this.client;
    const { requestInterceptors: previous, responseInterceptor } = this;
    this.requestInterceptors = next;
    const early = interceptors.indexOf(previous.early);
    const last = interceptors.length - 1 - (interceptors.some(isRetry) ? 1 : 0);
    if (early >= 0 && interceptors[0] === responseInterceptor && interceptors[last] === previous.final) {
      interceptors[early] = next.early;
      interceptors[last] = next.final;
      return;
    }
    const own = [previous.early, previous.final, responseInterceptor];
    const others = interceptors
      .map(one => (one === previous.early ? next.early : one))
      .filter(one => !own.includes(one));
    if (early < 0) others.splice(endOf(others), 0, next.early);
    others.splice(endOf(others), 0, next.final);
    interceptors.splice(0, interceptors.length, responseInterceptor, ...others);
  }

  /** Whether the app added interceptors after it installed the bearer. */
  private hasLaterInterceptors(): boolean {
    const { interceptors } = this.client;
    const { early, final } = this.requestInterceptors;
    return interceptors[interceptors.indexOf(early) + 1] !== final;
  }

  /** Fetch clients before 1.4 have no `buildRequest`: with them `auth` and `replay` have no effect. */
  private watchRequests(): void {
    const { client } = this;
    const buildRequest = client.buildRequest as HttpClient['buildRequest'] | undefined;
    if (!buildRequest) return;
    client.buildRequest = (input, init) => {
      const request = buildRequest.call(client, input, init);
      const call =
        (init ? undefined : this.earlierCall(input)) ??
        callOf({ ...client.defaults, ...init }, request === input ? undefined : request);
      if (this.isInstalled) this.putInPlace(this.requestInterceptorsFor(call));
      else this.warnOfBareRequest(request, call);
      return request;
    };
  }

  private requestInterceptorsFor(call: Call): RequestInterceptors {
    let served: Call | undefined = call;
    let header: string | null = null;
    return {
      early: {
        request: request => {
          if (!served || !this.hasLaterInterceptors() || !this.canCarryToken(request)) return request;
          return this.authorizeEarly(request, served).then(authorized => {
            header = authorized.headers.get(this.options.bearer.headerName);
            return authorized;
          });
        },
      },
      final: {
        request: request => {
          const current = served ?? {};
          // The client keeps this interceptor until its next call: the body must not stay as long.
          served = undefined;
          return this.canCarryToken(request) ? this.authorize(this.withoutMisled(request, header), current) : request;
        },
      },
    };
  }

  /** Only the final interceptor keeps what a replay needs. */
  private async authorizeEarly(request: Request, { auth, body, built }: Call): Promise<Request> {
    return this.options.bearer.authorize(request, { auth, replay: false, body, inPlace: request === built });
  }

  /** Another interceptor may have returned a response already. */
  private canCarryToken(request: unknown): request is Request {
    return request instanceof Request && this.options.isOn();
  }

  /** Takes the early header off a request that another interceptor then sent elsewhere. */
  private withoutMisled(request: Request, header: string | null): Request {
    const { bearer, wouldAttachToken } = this.options;
    const { headerName } = bearer;
    if (header === null || request.headers.get(headerName) !== header || wouldAttachToken(request.url)) return request;
    const copy = copyOf(request);
    copy.headers.delete(headerName);
    return copy;
  }

  /** A RetryInterceptor sends a copy again: its settings are all that the copy has in common with the request. */
  private rememberForRetry(request: Request | undefined): void {
    const call = request && this.calls.get(request);
    const settings = call && retrySettings(request);
    if (settings) this.retries.set(settings, call);
  }

  /** A retry has the options of its first call. */
  private earlierCall(input: unknown): Call | undefined {
    const settings = retrySettings(input);
    return settings ? this.retries.get(settings) : this.calls.get(input as Request);
  }

  private warnOfBareRequest({ url }: Request, { auth }: Call): void {
    const { wouldAttachToken, lacksToken } = this.options;
    const needsToken = this.wasInstalled ? wouldAttachToken : lacksToken;
    if (this.hasWarned || auth === false || !needsToken(url)) return;
    this.hasWarned = true;
    const why = this.wasInstalled
      ? 'the HTTP client has lost its interceptors. configure({…}) with an object drops them all: give it a function ' +
        'instead, or call FetchConfig.configure() after it'
      : 'the HTTP client is not configured: call FetchConfig.configure()';
    logger.warn(`A request to ${new URL(url).origin} goes out without the token, because ${why}.`);
  }

  private authorize(request: Request, call: Call): Request | Promise<Request> {
    const { bearer } = this.options;
    const { auth, replay, body, signal, built } = call;
    const inPlace = request === built;
    const authorized = bearer.authorize(request, { auth, replay, body, inPlace, signal: inPlace ? signal : undefined });
    const isSpecial = auth === false || replay === false || body;
    if (!isSpecial) return authorized;
    return this.rememberCall(authorized === request && !inPlace ? copyOf(request) : authorized, call);
  }

  private async rememberCall(authorized: Request | Promise<Request>, { auth, replay, body }: Call): Promise<Request> {
    const request = await authorized;
    this.calls.set(request, { auth, replay, body });
    return request;
  }

  private handleResponse(response: Response, request: Request | undefined): Response | Promise<Response> {
    const { bearer, isOn } = this.options;
    if (!request || (!response.ok && !isOn())) return response;
    const handled = bearer.handleResponse(response, request);
    return response.status === 401 ? this.final(handled, request) : handled;
  }

  private async final(handled: Response | Promise<Response>, request: Request): Promise<Response> {
    const { bearer, onRejected } = this.options;
    const response = await handled;
    if (bearer.hasRejectedCurrentToken(response, request)) onRejected();
    return response;
  }
}

function callOf({ auth, replay, body, signal }: ClientRequestInit, built: Request | undefined): Call {
  return built ? { auth, replay, body: body ?? null, signal: signal ?? null, built } : { auth, replay };
}

/** The options of one call must not stay with a request that the app sends again. */
function copyOf(request: Request): Request {
  return Object.assign(new Request(request), request);
}

/** The settings that a RetryInterceptor sets on a request and on each of its copies. */
function retrySettings(request: unknown): object | undefined {
  const settings: unknown = request instanceof Request ? Reflect.get(request, 'retryConfig') : undefined;
  return typeof settings === 'object' && settings !== null ? settings : undefined;
}

/** Where an interceptor that comes last is inserted. */
function endOf(interceptors: readonly Interceptor[]): number {
  const retry = interceptors.findIndex(isRetry);
  return retry < 0 ? interceptors.length : retry;
}

/** Older fetch clients do not export the class. */
function isRetry(interceptor: Interceptor): boolean {
  return 'retryConfig' in interceptor;
}
