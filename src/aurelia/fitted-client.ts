import type { RequestInit as ClientRequestInit, HttpClient, Interceptor } from 'aurelia-fetch-client';
import type { Bearer, RequestWishes } from '../core.js';
import { logger } from './logger.js';

declare module 'aurelia-fetch-client' {
  interface RequestInit {
    /** `false`: send the request without the token. */
    auth?: boolean;
    /** `false`: do not send the request again after a 401. */
    replay?: boolean;
  }
}

export interface FittedClientOptions {
  readonly bearer: Bearer;
  /** Whether requests carry a token at all. */
  isOn(): boolean;
  /** Whether a request to this address would carry a token now. */
  wouldCarry(url: string): boolean;
  /** Told when a request with the session's token was finally answered with 401. */
  onRejected(): void;
}

const fitted = new WeakMap<HttpClient, FittedClient>();

/** Whether the client's requests carry the token. */
export function isFitted(client: HttpClient): boolean {
  return fitted.get(client)?.isFitted ?? false;
}

/** Fits the bearer to a client; to one that has it already, nothing is added. */
export function fitBearer(client: HttpClient, options: FittedClientOptions): void {
  const known = fitted.get(client) ?? new FittedClient(client, options);
  fitted.set(client, known);
  known.putInPlace();
}

/**
 * An HTTP client with the bearer in two halves among its interceptors. The half for requests comes last, so that it judges the
 * address that is really requested; only a RetryInterceptor, which insists on being last, stands behind it. The half for
 * answers comes first, so that all others see one answer: the final one.
 */
class FittedClient {
  private wishes: RequestWishes = {};
  private hasWarned = false;
  private readonly wished = new WeakMap<Request, RequestWishes>();
  private readonly retries = new WeakMap<object, RequestWishes>();
  private readonly requestHalf: Interceptor;
  private readonly responseHalf: Interceptor;

  constructor(
    private readonly client: HttpClient,
    private readonly options: FittedClientOptions,
  ) {
    const takeWishes = () => this.takeWishes();
    const authorize = (request: Request, wishes: RequestWishes) => this.authorize(request, wishes);
    const answer = (response: Response, request?: Request) => {
      this.rememberForRetry(request);
      return this.answer(response, request);
    };
    this.requestHalf = {
      // Read once for each request, while the client lines up its interceptors right after it built the request: whatever
      // Request the other interceptors make of it, the wishes stay with the call.
      get request() {
        const wishes = takeWishes();
        return (request: Request) => authorize(request, wishes);
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
  get isFitted(): boolean {
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
      this.wishes = (init ? undefined : this.wishesOfEarlier(input)) ?? wishesOf({ ...client.defaults, ...init });
      if (this.isFitted) this.putInPlace();
      else this.warnOfBareRequest(request);
      return request;
    };
  }

  private takeWishes(): RequestWishes {
    const { wishes } = this;
    this.wishes = {};
    return wishes;
  }

  /** What a RetryInterceptor sends again is a copy: its settings are all that it has in common with the request. */
  private rememberForRetry(request: Request | undefined): void {
    const wishes = request && this.wished.get(request);
    const settings = wishes && retrySettings(request);
    if (settings) this.retries.set(settings, wishes);
  }

  /** Whoever sends a request again has nothing new to wish. */
  private wishesOfEarlier(input: unknown): RequestWishes | undefined {
    const settings = retrySettings(input);
    return settings ? this.retries.get(settings) : this.wished.get(input as Request);
  }

  private warnOfBareRequest({ url }: Request): void {
    if (this.hasWarned || this.wishes.auth === false || !this.options.wouldCarry(url)) return;
    this.hasWarned = true;
    logger.warn(
      `A request to ${new URL(url).origin} goes out without the token, because the HTTP client has lost its interceptors. ` +
        'configure({…}) with an object drops them all: give it a function instead, or call FetchConfig.configure() after it.',
    );
  }

  private authorize(request: Request, wishes: RequestWishes): Request | Promise<Request> {
    const { bearer, isOn } = this.options;
    // Another interceptor may have answered already.
    if (!(request instanceof Request) || !isOn()) return request;
    bearer.wish(request, wishes);
    const authorized = bearer.authorize(request);
    return wishes.auth === false || wishes.replay === false ? this.rememberWishes(authorized, wishes) : authorized;
  }

  private async rememberWishes(authorized: Request | Promise<Request>, wishes: RequestWishes): Promise<Request> {
    const request = await authorized;
    this.wished.set(request, wishes);
    return request;
  }

  private answer(response: Response, request: Request | undefined): Response | Promise<Response> {
    const { bearer, isOn } = this.options;
    if (!request || !isOn()) return response;
    const answer = bearer.answer(response, request);
    return response.status === 401 ? this.final(answer, request) : answer;
  }

  private async final(answer: Response | Promise<Response>, request: Request): Promise<Response> {
    const { bearer, onRejected } = this.options;
    const response = await answer;
    if (response.status === 401 && bearer.hasCarried(request)) onRejected();
    return response;
  }
}

function wishesOf({ auth, replay, body }: ClientRequestInit): RequestWishes {
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
