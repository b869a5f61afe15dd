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
  readonly bearer: Bearer;
  /** Whether requests carry a token at all. */
  isOn(): boolean;
  /** Whether a request to this address would carry a token now. */
  wouldAttachToken(url: string): boolean;
  /** Told when a request with the session's token was finally answered with 401. */
  onRejected(): void;
}

const installed = new WeakMap<HttpClient, ClientInterceptors>();

/** Whether the client's requests carry the token. */
export function isInstalled(client: HttpClient): boolean {
  return installed.get(client)?.isInstalled ?? false;
}

/** Fits the bearer to a client; to one that has it already, nothing is added. */
export function installBearer(client: HttpClient, options: ClientInterceptorsOptions): void {
  const known = installed.get(client) ?? new ClientInterceptors(client, options);
  installed.set(client, known);
  known.putInPlace();
}

/**
 * An HTTP client with the bearer in two halves among its interceptors. The half for requests comes last, so that it judges the
 * address that is really requested; only a RetryInterceptor, which insists on being last, stands behind it. The half for
 * answers comes first, so that all others see one answer: the final one.
 */
class ClientInterceptors {
  private authOptions: RequestAuthOptions = {};
  private hasWarned = false;
  private readonly authOptionsByRequest = new WeakMap<Request, RequestAuthOptions>();
  private readonly retries = new WeakMap<object, RequestAuthOptions>();
  private readonly requestHalf: Interceptor;
  private readonly responseHalf: Interceptor;

  constructor(
    private readonly client: HttpClient,
    private readonly options: ClientInterceptorsOptions,
  ) {
    const takeAuthOptions = () => this.takeAuthOptions();
    const authorize = (request: Request, authOptions: RequestAuthOptions) => this.authorize(request, authOptions);
    const answer = (response: Response, request?: Request) => {
      this.rememberForRetry(request);
      return this.answer(response, request);
    };
    this.requestHalf = {
      // Read once for each request, while the client lines up its interceptors right after it built the request: whatever
      // Request the other interceptors make of it, the options stay with the call.
      get request() {
        const authOptions = takeAuthOptions();
        return (request: Request) => authorize(request, authOptions);
      },
    };
    this.responseHalf = {
      response: answer,
      responseError: (error: unknown, request?: Request) => {
        if (error instanceof Response) return answer(error, request);
        this.rememberForRetry(request);
        throw error;
      },
    };
    this.watchRequests();
  }

  /** Whether both halves are among the interceptors. */
  get isInstalled(): boolean {
    const { interceptors } = this.client;
    return interceptors.includes(this.requestHalf) && interceptors.includes(this.responseHalf);
  }

  /** Puts the halves where they belong; the application may have added interceptors meanwhile. */
  putInPlace(): void {
    const { client, requestHalf, responseHalf } = this;
    const { interceptors } = client;
    const last = interceptors.length - 1 - (interceptors.some(isRetry) ? 1 : 0);
    if (interceptors[0] === responseHalf && interceptors[last] === requestHalf) return;
    const others = interceptors.filter(one => one !== requestHalf && one !== responseHalf);
    const retry = others.findIndex(isRetry);
    others.splice(retry < 0 ? others.length : retry, 0, requestHalf);
    interceptors.splice(0, interceptors.length, responseHalf, ...others);
  }

  /** Fetch clients before 1.4 have no such method; with them `auth` and `replay` are not heard. */
  private watchRequests(): void {
    const { client } = this;
    const buildRequest = client.buildRequest as HttpClient['buildRequest'] | undefined;
    if (!buildRequest) return;
    client.buildRequest = (input, init) => {
      const request = buildRequest.call(client, input, init);
      this.authOptions =
        (init ? undefined : this.earlierAuthOptions(input)) ?? authOptionsOf({ ...client.defaults, ...init });
      if (this.isInstalled) this.putInPlace();
      else this.warnOfBareRequest(request);
      return request;
    };
  }

  private takeAuthOptions(): RequestAuthOptions {
    const { authOptions } = this;
    this.authOptions = {};
    return authOptions;
  }

  /** What a RetryInterceptor sends again is a copy: its settings are all that it has in common with the request. */
  private rememberForRetry(request: Request | undefined): void {
    const authOptions = request && this.authOptionsByRequest.get(request);
    const settings = authOptions && retrySettings(request);
    if (settings) this.retries.set(settings, authOptions);
  }

  /** Whoever sends a request again has nothing new to wish. */
  private earlierAuthOptions(input: unknown): RequestAuthOptions | undefined {
    const settings = retrySettings(input);
    return settings ? this.retries.get(settings) : this.authOptionsByRequest.get(input as Request);
  }

  private warnOfBareRequest({ url }: Request): void {
    if (this.hasWarned || this.authOptions.auth === false || !this.options.wouldAttachToken(url)) return;
    this.hasWarned = true;
    logger.warn(
      `A request to ${new URL(url).origin} goes out without the token, because the HTTP client has lost its interceptors. ` +
        'configure({…}) with an object drops them all: give it a function instead, or call FetchConfig.configure() after it.',
    );
  }

  private authorize(request: Request, authOptions: RequestAuthOptions): Request | Promise<Request> {
    const { bearer, isOn } = this.options;
    // Another interceptor may have answered already.
    if (!(request instanceof Request) || !isOn()) return request;
    bearer.setAuthOptions(request, authOptions);
    const authorized = bearer.authorize(request);
    return authOptions.auth === false || authOptions.replay === false
      ? this.rememberAuthOptions(authorized, authOptions)
      : authorized;
  }

  private async rememberAuthOptions(
    authorized: Request | Promise<Request>,
    authOptions: RequestAuthOptions,
  ): Promise<Request> {
    const request = await authorized;
    this.authOptionsByRequest.set(request, authOptions);
    return request;
  }

  private answer(response: Response, request: Request | undefined): Response | Promise<Response> {
    const { bearer, isOn } = this.options;
    if (!request || !isOn()) return response;
    const answer = bearer.handleResponse(response, request);
    return response.status === 401 ? this.final(answer, request) : answer;
  }

  private async final(answer: Response | Promise<Response>, request: Request): Promise<Response> {
    const { bearer, onRejected } = this.options;
    const response = await answer;
    if (response.status === 401 && bearer.hasSentCurrentToken(request)) onRejected();
    return response;
  }
}

function authOptionsOf({ auth, replay, body }: ClientRequestInit): RequestAuthOptions {
  return { auth, replay: replay ?? !(body instanceof ReadableStream) };
}

/** What a RetryInterceptor writes on a request, and on every copy. */
function retrySettings(request: unknown): object | undefined {
  const settings: unknown = request instanceof Request ? Reflect.get(request, 'retryConfig') : undefined;
  return typeof settings === 'object' && settings !== null ? settings : undefined;
}

/** By its looks: older fetch clients do not export the class. */
function isRetry(interceptor: Interceptor): boolean {
  return 'retryConfig' in interceptor;
}
