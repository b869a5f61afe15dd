import type { HttpClient } from 'aurelia-fetch-client';

/** Which resource is meant: properties of the query, or what goes by the name of `id` there. */
export type Criteria = Readonly<Record<string, unknown>> | string | number | null;

/** What fetch is told of a request besides its method and body. */
export interface RequestOptions extends Omit<RequestInit, 'body' | 'method'> {}

/**
 * Requests to the server that signs users in, in the manner of aurelia-api. They resolve to the parsed JSON of the answer, or to null
 * where there is none, and reject with the Response where that is not a success.
 */
export interface RestClient {
  /** The HTTP client underneath. */
  readonly client: HttpClient;
  /** GET. */
  find(path: string, criteria?: Criteria, options?: RequestOptions): Promise<unknown>;
  /** POST. */
  post(path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** PUT. */
  update(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** PATCH. */
  patch(path: string, criteria?: Criteria, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Any method. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
}
