import { HttpClient } from 'aurelia-fetch-client';
import { BaseConfig, joined } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { Endpoints } from './endpoints.js';
import { mergedHeaders } from './merged-headers.js';
import type { RefreshClient } from './options/refresh-options.js';
import { parameters } from './query-parameters.js';
import { requestPath } from './request-path.js';
import type { Criteria, RequestOptions, RestClient } from './rest-client.js';

/** A request of the plugin. */
export interface AuthRequest {
  readonly body?: unknown;
  readonly criteria?: Criteria | undefined;
  readonly options?: RequestOptions | null | undefined;
  /** Whether the request may carry the token. */
  readonly auth: boolean;
}

/**
 * Sends requests to the app's server with the HTTP client of the option `endpoint`. They resolve to the parsed JSON of the
 * response, or null without JSON. They reject with the `Response` if its status is not successful.
 */
export class AuthClient implements RefreshClient {
  static readonly inject = [BaseConfig, HttpClient, Endpoints, PagePorts];

  private own: RestClient | undefined;

  constructor(
    private readonly config: BaseConfig,
    private readonly defaultClient: HttpClient,
    private readonly endpoints: Endpoints,
    private readonly page: PagePorts,
  ) {}

  /** The HTTP client of the option `endpoint`. */
  get client(): HttpClient {
    const { endpoint } = this.config;
    return typeof endpoint === 'string' ? this.endpoints.find(endpoint).client : (endpoint ?? this.defaultClient);
  }

  /**
   * Returns the endpoint of aurelia-api that the option `endpoint` names. Undefined if it names none.
   *
   * @throws {AuthError} `invalid_configuration` if no such endpoint is registered
   */
  endpoint(): RestClient | undefined {
    const { endpoint } = this.config;
    return typeof endpoint === 'string' ? this.endpoints.find(endpoint) : undefined;
  }

  urlOf(path: string): string {
    return new URL(joined(this.client.baseUrl ?? '', this.config.joinBase(path)), this.page.baseUrl).href;
  }

  /** The URL of refresh requests. */
  get refreshUrl(): string {
    return this.urlOf(this.refreshPath);
  }

  private get refreshPath(): string {
    return this.config.refreshTokenUrl || this.config.loginUrl;
  }

  /** Sends a refresh request. */
  refresh(body: unknown): Promise<unknown> {
    return this.post(this.refreshPath, { body, options: this.config.getOptionsForTokenRequests(), auth: false });
  }

  get defaultHeaders(): Readonly<Record<string, string>> {
    const headers: object = { ...this.client.defaults?.headers, ...mergedHeaders(this.own?.defaults?.headers) };
    const values = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'function' ? value() : value,
    ]);
    return Object.fromEntries(values);
  }

  get credentials(): RequestCredentials | undefined {
    return this.own?.defaults?.credentials ?? (this.client.defaults?.credentials as RequestCredentials | undefined);
  }

  /** The client that the app put in place of the plugin's own, as a test does. */
  get replacement(): RestClient | undefined {
    const { client }: { client: RestClient | null } = this.config;
    return client && client !== this.own ? client : undefined;
  }

  /** Tells which value of `config.client` is the plugin's own. */
  provide(own: RestClient): void {
    this.own = own;
    this.config.client = own;
  }

  /** Sends a GET request. */
  find(path: string, request: AuthRequest): Promise<unknown> {
    const { replacement } = this;
    if (!replacement) return this.send('get', path, request);
    return replacement.find(this.config.joinBase(path), request.criteria);
  }

  /** Sends a PUT request for `'put'`, a PATCH request for every other method. */
  save(method: string, path: string, request: AuthRequest): Promise<unknown> {
    const { replacement } = this;
    const verb = method === 'put' ? 'update' : 'patch';
    if (!replacement) return this.send(verb === 'update' ? 'put' : 'patch', path, request);
    return replacement[verb](this.config.joinBase(path), request.criteria, request.body);
  }

  /** Sends a POST request. */
  post(path: string, request: AuthRequest): Promise<unknown> {
    const { replacement } = this;
    if (!replacement) return this.send('post', path, request);
    return replacement.post(this.config.joinBase(path), request.body, request.options ?? undefined);
  }

  /** Sends a request with any method. */
  request(method: string, path: string, request: AuthRequest): Promise<unknown> {
    const { replacement } = this;
    if (!replacement) return this.send(method, path, request);
    return replacement.request(method, this.config.joinBase(path), ...(request.body ? [request.body] : []));
  }

  private send(method: string, path: string, { criteria, ...request }: AuthRequest): Promise<unknown> {
    const defaults = this.own?.defaults;
    return sendRequest(this.client, method, requestPath(this.urlOf(path), criteria), { ...request, defaults });
  }
}

/** A request to an address. */
export interface SentRequest extends Omit<AuthRequest, 'criteria'> {
  /** Options of every request of the client. */
  readonly defaults: RequestOptions | undefined;
}

/** Sends a request with an HTTP client. Resolves to the parsed JSON, or null without JSON; rejects with the `Response`. */
export async function sendRequest(
  client: HttpClient,
  method: string,
  address: string,
  { body, options, defaults, auth }: SentRequest,
): Promise<unknown> {
  const isTyped = !isAbsent(body) && (typeof body === 'string' || !isReadyToSend(body));
  const headers = new Headers(mergedHeaders({ Accept: 'application/json' }, jsonType, defaults?.headers));
  if (!isTyped) headers.delete('Content-Type');
  for (const [name, value] of Object.entries(mergedHeaders(options?.headers))) headers.set(name, value);
  const response = await client.fetch(address, {
    ...(defaults as object),
    ...(options as object),
    method: method.toUpperCase(),
    headers,
    ...(!isAbsent(body) && { body: encoded(body, headers.get('Content-Type') ?? '') }),
    auth,
    ...(!auth && { replay: false }),
  });
  if (!response.ok) throw response;
  return response.json().catch(noJson);
}

function isAbsent(body: unknown): body is null | undefined {
  return body === undefined || body === null;
}

/** A response that was interrupted is an error, unlike a response without JSON. */
function noJson(error: unknown): null {
  if (error instanceof SyntaxError) return null;
  throw error;
}

const jsonType = { 'Content-Type': 'application/json' };

function encoded(body: unknown, contentType: string): BodyInit {
  if (isReadyToSend(body)) return body;
  return /^application\/(?:[\w.-]+\+)?json/i.test(contentType)
    ? JSON.stringify(body)
    : parameters(body as object).toString();
}

function isReadyToSend(body: unknown): body is BodyInit {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  return [Blob, FormData, URLSearchParams, ReadableStream, ArrayBuffer].some(kind => body instanceof kind);
}
