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
  readonly options?: RequestOptions | undefined;
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
  async send(method: string, path: string, { body, criteria, options = {}, auth }: AuthRequest): Promise<unknown> {
    const typed = body === undefined || (isReadyToSend(body) && typeof body !== 'string') ? {} : jsonType;
    const headers = mergedHeaders({ Accept: 'application/json' }, typed, options.headers);
    const response = await this.client.fetch(this.urlOf(path) + query(criteria), {
      ...(options as object),
      method: method.toUpperCase(),
      headers,
      ...(body !== undefined && { body: encoded(body, headers['content-type'] ?? '') }),
      auth,
      ...(!auth && { replay: false }),
    });
    if (!response.ok) throw response;
    return response.json().catch(noJson);
  }
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
    : parameters(Object(body)).toString();
}

function isReadyToSend(body: unknown): body is BodyInit {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  return [Blob, FormData, URLSearchParams, ReadableStream, ArrayBuffer].some(kind => body instanceof kind);
}
