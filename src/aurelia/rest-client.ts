import type { HttpClient } from 'aurelia-fetch-client';
import type { Unchecked } from './unchecked.js';

/** The id of a resource, or query parameters. */
export type Criteria = Readonly<Record<string, unknown>> | string | number | null;

/**
 * The parsed body of a response. An app that declares its type, as in `getMe<User>()`, gets that; otherwise nothing is checked, as in
 * aurelia-authentication.
 */
export type ResponseBody = Unchecked;

/** Options of `fetch`, except method and body. */
export interface RequestOptions extends Omit<RequestInit, 'body' | 'method'> {}

/**
 * Sends requests to the server that signs users in, with the methods of aurelia-api. Paths are relative to the base URL of the
 * HTTP client. The methods resolve to the parsed JSON of the response, or null without JSON, and reject with the `Response` if its
 * status is not successful.
 */
export interface RestClient {
  /** The HTTP client that sends the requests. */
  readonly client: HttpClient;
  /** Options of every request, such as headers. They may change later. */
  defaults: RequestOptions;
  /** Whether lists in criteria become `a=1&a=2` instead of `a[]=1&a[]=2`. */
  useTraditionalUriTemplates: boolean;
  /** Name of the endpoint of aurelia-api. Empty without one. */
  readonly endpoint: string;
  /** Sends a request with any method. */
  request<Body = ResponseBody>(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a GET request. An id is added to the path. */
  find<Body = ResponseBody>(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<Body>;
  /** Sends a GET request for an id, with query parameters. */
  findOne<Body = ResponseBody>(
    path: string,
    id: string | number,
    criteria?: Criteria,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a POST request. */
  post<Body = ResponseBody>(path: string, body?: unknown, options?: RequestOptions | null): Promise<Body>;
  /** Sends a POST request, as `post` does. */
  create<Body = ResponseBody>(path: string, body?: unknown, options?: RequestOptions | null): Promise<Body>;
  /** Sends a PUT request. An id is added to the path. */
  update<Body = ResponseBody>(
    path: string,
    idOrCriteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a PUT request for an id, with query parameters. */
  updateOne<Body = ResponseBody>(
    path: string,
    id: string | number,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a PATCH request. An id is added to the path. */
  patch<Body = ResponseBody>(
    path: string,
    idOrCriteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a PATCH request for an id, with query parameters. */
  patchOne<Body = ResponseBody>(
    path: string,
    id: string | number,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body>;
  /** Sends a DELETE request. An id is added to the path. */
  destroy<Body = ResponseBody>(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<Body>;
  /** Sends a DELETE request for an id, with query parameters. */
  destroyOne<Body = ResponseBody>(
    path: string,
    id: string | number,
    criteria?: Criteria,
    options?: RequestOptions | null,
  ): Promise<Body>;
}
