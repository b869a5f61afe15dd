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
  /** Told when a request with the session's token was finally answered with 401. */
  onRejected(): void;
}

/** One call of a client: its options, its body, and the request that the client built for it. */
interface Call extends RequestAuthOptions {
  readonly body?: unknown;
  /** Absent if the request is the caller's own. */
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
  known.putInPlace();
}

/**
 * The bearer as two of a client's interceptors. The request interceptor comes last, so that it sees the URL that is really
 * requested; only a RetryInterceptor, which has to be last, follows it. The response interceptor comes first, so that all
 * others see the final response only.
 *
 * The client lines up its interceptors right after it built a request. So `buildRequest` puts a request interceptor in place
 * that serves this one call: the options and the body stay with the call even if other interceptors replace the `Request`.
 */
class ClientInterceptors {
  private hasWarned = false;
  private readonly calls = new WeakMap<Request, Call>();
  private readonly retries = new WeakMap<object, Call>();
  private requestInterceptor = this.requestInterceptorFor({});
  private readonly responseInterceptor: Interceptor;

  constructor(
    private readonly client: HttpClient,
    private readonly options: ClientInterceptorsOptions,
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
        throw error;
      },
    };
    this.watchRequests();
  }

  /** Whether both are among the client's interceptors. */
  get isInstalled(): boolean {
    const { interceptors } = this.client;
    return interceptors.includes(this.requestInterceptor) && interceptors.includes(this.responseInterceptor);
  }

  /** Puts both where they belong. The app may have added interceptors meanwhile. */
  putInPlace(requestInterceptor = this.requestInterceptor): void {
    const { interceptors } = this.client;
    const { requestInterceptor: previous, responseInterceptor } = this;
    this.requestInterceptor = requestInterceptor;
    const last = interceptors.length - 1 - (interceptors.some(isRetry) ? 1 : 0);
    if (interceptors[0] === responseInterceptor && interceptors[last] === previous) {
      interceptors[last] = requestInterceptor;
      return;
    }
    const others = interceptors.filter(one => one !== previous && one !== responseInterceptor);
    const retry = others.findIndex(isRetry);
    others.splice(retry < 0 ? others.length : retry, 0, requestInterceptor);
    interceptors.splice(0, interceptors.length, responseInterceptor, ...others);
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
      if (this.isInstalled) this.putInPlace(this.requestInterceptorFor(call));
      else this.warnOfBareRequest(request, call);
      return request;
    };
  }

  private requestInterceptorFor(call: Call): Interceptor {
    let served: Call | undefined = call;
    return {
      request: request => {
        const current = served ?? {};
        // The client keeps this interceptor until its next call: the body must not stay as long.
        served = undefined;
        return this.authorize(request, current);
      },
    };
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
    if (this.hasWarned || auth === false || !this.options.wouldAttachToken(url)) return;
    this.hasWarned = true;
    logger.warn(
      `A request to ${new URL(url).origin} goes out without the token, because the HTTP client has lost its interceptors. ` +
        'configure({…}) with an object drops them all: give it a function instead, or call FetchConfig.configure() after it.',
    );
  }

  private authorize(request: Request, call: Call): Request | Promise<Request> {
    const { bearer, isOn } = this.options;
    // Another interceptor may have returned a response already.
    if (!(request instanceof Request) || !isOn()) return request;
    const { auth, replay, body, built } = call;
    const inPlace = request === built;
    const authorized = bearer.authorize(request, { auth, replay, body, inPlace });
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
    if (!request || !isOn()) return response;
    const handled = bearer.handleResponse(response, request);
    return response.status === 401 ? this.final(handled, request) : handled;
  }

  private async final(handled: Response | Promise<Response>, request: Request): Promise<Response> {
    const { bearer, onRejected } = this.options;
    const response = await handled;
    if (response.status === 401 && bearer.hasSentCurrentToken(request)) onRejected();
    return response;
  }
}

function callOf({ auth, replay, body }: ClientRequestInit, built: Request | undefined): Call {
  return { auth, replay, body, built };
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

/** Older fetch clients do not export the class. */
function isRetry(interceptor: Interceptor): boolean {
  return 'retryConfig' in interceptor;
}
