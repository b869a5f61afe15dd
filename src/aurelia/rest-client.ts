import type { HttpClient } from 'aurelia-fetch-client';

/** The id of a resource, or query parameters. */
export type Criteria = Readonly<Record<string, unknown>> | string | number | null;

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
  /** Name of the endpoint of aurelia-api. Empty without one. */
  readonly endpoint: string;
  /** Sends a request with any method. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a GET request. An id is added to the path. */
  find(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a GET request for an id, with query parameters. */
  findOne(path: string, id: string | number, criteria?: Criteria, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a POST request. */
  post(path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a POST request, as `post` does. */
  create(path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a PUT request. An id is added to the path. */
  update(path: string, idOrCriteria?: Criteria, body?: unknown, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a PUT request for an id, with query parameters. */
  updateOne(
    path: string,
    id: string | number,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<unknown>;
  /** Sends a PATCH request. An id is added to the path. */
  patch(path: string, idOrCriteria?: Criteria, body?: unknown, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a PATCH request for an id, with query parameters. */
  patchOne(
    path: string,
    id: string | number,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<unknown>;
  /** Sends a DELETE request. An id is added to the path. */
  destroy(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<unknown>;
  /** Sends a DELETE request for an id, with query parameters. */
  destroyOne(path: string, id: string | number, criteria?: Criteria, options?: RequestOptions | null): Promise<unknown>;
}
