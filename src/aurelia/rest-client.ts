import type { HttpClient } from 'aurelia-fetch-client';

/** Identifies a resource: query parameters, or the value of the query parameter `id`. */
export type Criteria = Readonly<Record<string, unknown>> | string | number | null;

/** Options of `fetch`, except method and body. */
export interface RequestOptions extends Omit<RequestInit, 'body' | 'method'> {}

/**
 * Sends requests to the server that signs users in, with the methods of aurelia-api. They resolve to the parsed JSON of the
 * response, or null without JSON. They reject with the `Response` if its status is not successful.
 */
export interface RestClient {
  /** The HTTP client that sends the requests. */
  readonly client: HttpClient;
  /** Sends a GET request. */
  find(path: string, criteria?: Criteria, options?: RequestOptions): Promise<unknown>;
  /** Sends a POST request. */
  post(path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Sends a PUT request. */
  update(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Sends a PATCH request. */
  patch(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Sends a request with any method. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
}
