import type { HttpClient } from 'aurelia-fetch-client';
import { AuthClient, sendRequest } from './auth-client.js';
import { requestPath } from './request-path.js';
import type { Criteria, RequestOptions, ResponseBody, RestClient } from './rest-client.js';

type Id = string | number;

/** The plugin's own {@link RestClient}, for apps without aurelia-api. */
export class RestRequests implements RestClient {
  static readonly inject = [AuthClient];

  defaults: RequestOptions = { headers: { Accept: 'application/json', 'Content-Type': 'application/json' } };
  useTraditionalUriTemplates = false;
  readonly endpoint = '';

  constructor(private readonly server: AuthClient) {}

  get client(): HttpClient {
    return this.server.client;
  }

  request<Body = ResponseBody>(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return sendRequest(this.client, method, path, {
      body,
      options,
      defaults: this.defaults,
      auth: true,
    }) as Promise<Body>;
  }

  find<Body = ResponseBody>(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<Body> {
    return this.request('get', this.pathOf(path, idOrCriteria), undefined, options);
  }

  findOne<Body = ResponseBody>(
    path: string,
    id: Id,
    criteria?: Criteria,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('get', this.pathOf(path, id, criteria), undefined, options);
  }

  post<Body = ResponseBody>(path: string, body?: unknown, options?: RequestOptions | null): Promise<Body> {
    return this.request('post', path, body, options);
  }

  create<Body = ResponseBody>(path: string, body?: unknown, options?: RequestOptions | null): Promise<Body> {
    return this.post(path, body, options);
  }

  update<Body = ResponseBody>(
    path: string,
    idOrCriteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('put', this.pathOf(path, idOrCriteria), body, options);
  }

  updateOne<Body = ResponseBody>(
    path: string,
    id: Id,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('put', this.pathOf(path, id, criteria), body, options);
  }

  patch<Body = ResponseBody>(
    path: string,
    idOrCriteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('patch', this.pathOf(path, idOrCriteria), body, options);
  }

  patchOne<Body = ResponseBody>(
    path: string,
    id: Id,
    criteria?: Criteria,
    body?: unknown,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('patch', this.pathOf(path, id, criteria), body, options);
  }

  destroy<Body = ResponseBody>(path: string, idOrCriteria?: Criteria, options?: RequestOptions | null): Promise<Body> {
    return this.request('delete', this.pathOf(path, idOrCriteria), undefined, options);
  }

  destroyOne<Body = ResponseBody>(
    path: string,
    id: Id,
    criteria?: Criteria,
    options?: RequestOptions | null,
  ): Promise<Body> {
    return this.request('delete', this.pathOf(path, id, criteria), undefined, options);
  }

  private pathOf(path: string, idOrCriteria?: Criteria, criteria?: Criteria): string {
    return requestPath(path, idOrCriteria, criteria, this.useTraditionalUriTemplates);
  }
}
