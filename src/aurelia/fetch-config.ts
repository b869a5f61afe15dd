import { HttpClient, type Interceptor } from 'aurelia-fetch-client';
import { Bearer, isLoggedIn, ParkedRequests, type ProtectedUrls, protectedUrls, stepUp } from '../core.js';
import { AuthService } from './auth-service.js';
import { BaseConfig, isAbsolute } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { type ClientInterceptorsOptions, installBearer, watchClient } from './client-interceptors.js';
import { Endpoints } from './endpoints.js';
import { logError, logger, warnOfUnprotected } from './logger.js';
import { tokenHeader } from './options/token-request-options.js';

/** An HTTP client, an aurelia-api endpoint or its name. If unset, the container's `HttpClient`. */
export type ClientToConfigure = HttpClient | { readonly client: HttpClient } | string | null | undefined;

/**
 * Adds the token to the requests of HTTP clients. Requests to protected URLs wait for a fresh token if needed, and are retried once
 * after a 401.
 */
export class FetchConfig {
  static readonly inject: readonly unknown[] = [HttpClient, AuthService, BaseConfig, Endpoints, PagePorts];

  /** Requests that wait for the user to sign in again, with `whenSessionEnds: 'park'`. Bindings observe `count`. */
  readonly parkedRequests: ParkedRequests;
  private currentBearer: CurrentBearer | undefined;
  private readonly clients = new Set<HttpClient>();
  private readonly rejectedUrls = new Set<string>();
  private protection: Protection | undefined;

  constructor(
    private readonly httpClient: HttpClient,
    private readonly authService: AuthService,
    private readonly config: BaseConfig,
    private readonly endpoints: Endpoints,
    private readonly page: PagePorts,
  ) {
    const { whenSessionEnds } = config;
    const limits = typeof whenSessionEnds === 'object' ? whenSessionEnds : {};
    const { session, eventAggregator } = authService;
    this.parkedRequests = new ParkedRequests(session, {
      after: (ms, action) => page.after(ms, action),
      onError: error => logger.warn('A listener of parked requests threw.', error),
      ...limits,
    });
    this.parkedRequests.subscribe(count => eventAggregator.publish('parked-requests', count));
  }

  /** Adds the token to requests that do not go through an HTTP client. */
  get bearer(): Bearer {
    const { config } = this;
    const { headerName, scheme } = tokenHeader(config);
    let { currentBearer: current } = this;
    if (current?.headerName !== headerName || current.scheme !== scheme) {
      current = { bearer: this.createBearer(headerName, scheme), headerName, scheme, isObserved: false };
      this.currentBearer = current;
    }
    if (config.onActivity && !current.isObserved) {
      // An observed bearer takes longer for each request.
      current.bearer.subscribe(activity => config.onActivity?.(activity));
      current.isObserved = true;
    }
    return current.bearer;
  }

  private createBearer(headerName: string, scheme: string): Bearer {
    const { authService, config, page, parkedRequests } = this;
    const authenticate = stepUp(async demand => config.onStepUp?.(demand));
    return new Bearer(authService.session, {
      protects: url => this.isProtected(url),
      headerName,
      scheme,
      token: ({ accessToken }) => authService.getAccessToken() ?? accessToken,
      proof: authService.sessionProvider?.proof,
      fetch: request => page.fetch(request),
      get stepUp() {
        return config.onStepUp ? authenticate : undefined;
      },
      get parkedRequests() {
        return config.whenSessionEnds === 'fail' ? undefined : parkedRequests;
      },
      onError: logError,
    });
  }

  /**
   * A new interceptor for a client that {@link FetchConfig.configure} does not know. It protects the URLs of the configured clients
   * and of the container's `HttpClient`.
   */
  get interceptor(): Required<Pick<Interceptor, 'request' | 'response'>> {
    this.clients.add(this.httpClient);
    const { isOn } = this.interceptorsOptions();
    return {
      request: request => (isOn() ? this.bearer.authorize(request) : request),
      response: (response, request) => (isOn() && request ? this.bearer.handleResponse(response, request) : response),
    };
  }

  /** Installs the interceptors in one client or several. Repeated calls do nothing. */
  configure(clients: readonly ClientToConfigure[]): HttpClient[];
  configure(client?: ClientToConfigure): HttpClient;
  configure(client?: ClientToConfigure | readonly ClientToConfigure[]): HttpClient | HttpClient[] {
    if (isList(client)) return client.map(one => this.configure(one));
    const httpClient = this.httpClientOf(client);
    this.clients.add(httpClient);
    this.install(httpClient);
    this.warnOfUnlisted(httpClient);
    return httpClient;
  }

  /** @internal */
  protected install(httpClient: HttpClient): void {
    installBearer(httpClient, this.interceptorsOptions());
  }

  /**
   * Logs once that the container's `HttpClient` sends a request without the token although no client is configured.
   *
   * @internal
   */
  watch(): void {
    watchClient(this.httpClient, this.interceptorsOptions());
  }

  private interceptorsOptions(): ClientInterceptorsOptions {
    const fetchConfig = this;
    const { authService, config } = this;
    return {
      get bearer() {
        return fetchConfig.bearer;
      },
      isOn: () => config.httpInterceptor && authService.mayCarryToken(),
      wouldAttachToken: url => config.httpInterceptor && authService.authenticated && this.isProtected(url),
      lacksToken: url => config.httpInterceptor && authService.authenticated && this.isForgotten(url),
      onRejected: () => this.rejected(),
    };
  }

  /** Base URLs that are configured later are not checked. */
  private warnOfUnlisted({ baseUrl }: HttpClient): void {
    const { httpInterceptor, protectedUrls: listed } = this.config;
    if (!listed || !httpInterceptor || !baseUrl) return;
    const origin = originOf(baseUrl, this.page.baseUrl);
    if (origin && !listed.some(url => originOf(url, this.page.baseUrl) === origin)) {
      this.warnOnce(origin, 'it is the base URL of a configured client, but "protectedUrls" does not list it');
    }
  }

  private httpClientOf(client: ClientToConfigure): HttpClient {
    if (typeof client === 'string') return this.endpoints.find(client).client;
    const { interceptors, client: inner }: Partial<HttpClient & { client: HttpClient }> = Object(client);
    return interceptors ? (client as HttpClient) : (inner ?? this.httpClient);
  }

  /** Whether the container's client requests its server although the app adds the token to no request. */
  private isForgotten(url: string): boolean {
    const { clients, currentBearer, httpClient, page } = this;
    if (clients.size > 0 || currentBearer) return false;
    return originOf(url, page.baseUrl) === originOf(httpClient.baseUrl ?? '', page.baseUrl);
  }

  private isProtected(url: string): boolean {
    if (!this.protection || !this.isCurrent(this.protection)) this.protection = this.makeProtection();
    return this.protection.test(url);
  }

  /** Base URLs may change later. Called for each request, so it creates no objects. */
  private isCurrent({ listed, baseUrl, baseUrls }: Protection): boolean {
    const { config, clients } = this;
    if (config.protectedUrls) return listed !== null && sameItems(listed, config.protectedUrls);
    if (listed || config.baseUrl !== baseUrl || clients.size !== baseUrls.length) return false;
    let index = 0;
    for (const client of clients) if ((client.baseUrl ?? '') !== baseUrls[index++]) return false;
    return true;
  }

  private makeProtection(): Protection {
    const { protectedUrls: listed, baseUrl } = this.config;
    const baseUrls = [...this.clients].map(client => client.baseUrl ?? '');
    const urls = listed ?? this.originsOf([...baseUrls, ...absolute(baseUrl)]);
    const onRejected = (rejected: string, why: string) => this.warnOnce(rejected, why);
    const test = protectedUrls(urls, this.page.baseUrl, onRejected, Boolean(listed));
    return { listed: listed && [...listed], baseUrl, baseUrls, test };
  }

  private originsOf(baseUrls: readonly string[]): string[] {
    const origins = baseUrls.map(baseUrl => new URL(baseUrl, this.page.baseUrl).origin);
    return [...new Set(origins)];
  }

  private warnOnce(url: string, why: string): void {
    if (this.rejectedUrls.has(url)) return;
    this.rejectedUrls.add(url);
    warnOfUnprotected(url, why);
  }

  private rejected(): void {
    const { authService, config } = this;
    if (!config.logoutOnInvalidToken || !authService.authenticated) return;
    const { state } = authService;
    const isBeingRefreshed = isLoggedIn(state) && (state.status === 'refreshing' || state.degraded !== undefined);
    const mayBeInvalid = !isBeingRefreshed && !authService.isTokenExpired();
    if (mayBeInvalid) void authService.logout();
  }
}

/** The bearer, and the settings that it was created with. */
interface CurrentBearer {
  readonly bearer: Bearer;
  readonly headerName: string;
  readonly scheme: string;
  /** Whether events are passed on to `onActivity`. */
  isObserved: boolean;
}

function originOf(url: string, base: string): string | undefined {
  try {
    return new URL(url, base).origin;
  } catch {
    return undefined;
  }
}

/** The protected URLs, and the options that they were derived from. */
interface Protection {
  readonly listed: readonly string[] | null;
  readonly baseUrl: string | null;
  readonly baseUrls: readonly string[];
  readonly test: ProtectedUrls;
}

/** A relative base URL is resolved against those of the clients. */
function absolute(baseUrl: string | null): string[] {
  return baseUrl && isAbsolute(baseUrl) ? [baseUrl] : [];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function sameItems(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index]);
}
