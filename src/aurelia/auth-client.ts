import { HttpClient } from 'aurelia-fetch-client';
import { BaseConfig, joined } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { Endpoints } from './endpoints.js';
import { mergedHeaders } from './merged-headers.js';
import type { RefreshClient } from './options/refresh-options.js';
import { parameters } from './query-parameters.js';
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
export class AuthClient implements RefreshClient, RestClient {
  static readonly inject = [BaseConfig, HttpClient, Endpoints, PagePorts];

  constructor(
    private readonly config: BaseConfig,
    private readonly defaultClient: HttpClient,
    private readonly endpoints: Endpoints,
    private readonly page: PagePorts,
  ) {}

  /** The HTTP client of the option `endpoint`. */
  get client(): HttpClient {
    const { endpoint } = this.config;
    return typeof endpoint === 'string' ? this.endpoints.find(endpoint) : (endpoint ?? this.defaultClient);
  }

  /** @throws {AuthError} `invalid_configuration` if the option `endpoint` names no registered endpoint */
  checkEndpoint(): void {
    void this.client;
  }

  urlOf(path: string): string {
    return new URL(joined(this.client.baseUrl ?? '', this.config.joinBase(path)), this.page.baseUrl).href;
  }

  get defaultHeaders(): Readonly<Record<string, string>> {
    const headers: object = this.client.defaults?.headers ?? {};
    const values = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'function' ? value() : value,
    ]);
    return Object.fromEntries(values);
  }

  get credentials(): RequestCredentials | undefined {
    return this.client.defaults?.credentials as RequestCredentials | undefined;
  }

  find(path: string, criteria?: Criteria, options?: RequestOptions): Promise<unknown> {
    return this.send('get', path, { criteria, options, auth: true });
  }

  post(path: string, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.send('post', path, { body, options, auth: true });
  }

  update(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.send('put', path, { body, criteria, options, auth: true });
  }

  patch(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.send('patch', path, { body, criteria, options, auth: true });
  }

  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.send(method, path, { body, options, auth: true });
  }

  /** Sends a request to a URL below `baseUrl`. */
  async send(method: string, path: string, { body, criteria, options, auth }: AuthRequest): Promise<unknown> {
    const isTyped = !isAbsent(body) && (typeof body === 'string' || !isReadyToSend(body));
    const headers = new Headers(
      mergedHeaders({ Accept: 'application/json' }, isTyped ? jsonType : {}, options?.headers),
    );
    const response = await this.client.fetch(this.urlOf(path) + query(criteria), {
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

function query(criteria: Criteria | undefined): string {
  if (criteria === undefined || criteria === null) return '';
  const text = parameters(typeof criteria === 'object' ? criteria : { id: criteria }).toString();
  return text && `?${text}`;
}

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
