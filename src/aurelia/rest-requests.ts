import type { HttpClient } from 'aurelia-fetch-client';
import { AuthClient, sendRequest } from './auth-client.js';
import { requestPath } from './request-path.js';
import type { Criteria, RequestOptions, RestClient } from './rest-client.js';

type Id = string | number;

/** The plugin's own {@link RestClient}, for apps without aurelia-api. */
export class RestRequests implements RestClient {
  static readonly inject = [AuthClient];

  readonly endpoint = '';

  constructor(private readonly server: AuthClient) {}

  get client(): HttpClient {
    return this.server.client;
  }

  request(method: string, path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown> {
    return sendRequest(this.client, method, path, { body, options, auth: true });
  }

  find(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<unknown> {
    return this.request('get', requestPath(path, idOrCriteria), undefined, options);
  }

  findOne(path: string, id: Id, criteria?: Criteria, options?: RequestOptions | null): Promise<unknown> {
    return this.request('get', requestPath(path, id, criteria), undefined, options);
  }

  post(path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown> {
    return this.request('post', path, body, options);
  }

  create(path: string, body?: unknown, options?: RequestOptions | null): Promise<unknown> {
    return this.post(path, body, options);
  }

  update(path: string, idOrCriteria?: Criteria, body?: unknown, options?: RequestOptions | null): Promise<unknown> {
    return this.request('put', requestPath(path, idOrCriteria), body, options);
  }

  updateOne(
    path: string,
    id: Id,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<unknown> {
    return this.request('put', requestPath(path, id, criteria), body, options);
  }

  patch(path: string, idOrCriteria?: Criteria, body?: unknown, options?: RequestOptions | null): Promise<unknown> {
    return this.request('patch', requestPath(path, idOrCriteria), body, options);
  }

  patchOne(
    path: string,
    id: Id,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<unknown> {
    return this.request('patch', requestPath(path, id, criteria), body, options);
  }

  destroy(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<unknown> {
    return this.request('delete', requestPath(path, idOrCriteria), undefined, options);
  }

  destroyOne(path: string, id: Id, criteria?: Criteria, options?: RequestOptions | null): Promise<unknown> {
    return this.request('delete', requestPath(path, id, criteria), undefined, options);
  }
}
