import { HttpClient } from 'aurelia-fetch-client';
import { Container } from 'aurelia-framework';
import { BaseConfig } from '../base-config.js';
import { PagePorts } from '../browser-ports.js';
import { Endpoints } from '../endpoints.js';
import { FetchConfig as Base } from '../fetch-config.js';
import { AuthService } from './auth-service.js';
import { containerOf } from './container-of.js';

/**
 * Adds the token to the requests of HTTP clients. Requests to protected URLs wait for a fresh token if needed, and are retried once
 * after a 401.
 *
 * @example
 * export class App {
 *   static inject = [FetchConfig, HttpClient];
 *   constructor(fetchConfig: FetchConfig, http: HttpClient) {
 *     http.configure(config => config.withBaseUrl('https://api.example.com/'));
 *     fetchConfig.configure(http);
 *   }
 * }
 */
export class FetchConfig extends Base {
  static override readonly inject = [HttpClient, Endpoints, AuthService, BaseConfig, Container];

  /** @param _endpoints the `Config` of aurelia-api, as aurelia-authentication needs it */
  constructor(
    httpClient: HttpClient,
    _endpoints: unknown,
    authService: AuthService,
    config: BaseConfig,
    container?: Container,
  ) {
    const parts = containerOf(config, container);
    super(httpClient, authService, config, parts.get(Endpoints), parts.get(PagePorts));
  }

  /**
   * An interceptor of a subclass counts.
   *
   * @internal
   */
  protected override install(httpClient: HttpClient): void {
    if (this.hasOwnInterceptor()) httpClient.interceptors.push(this.interceptor);
    else super.install(httpClient);
  }

  private hasOwnInterceptor(): boolean {
    let owner: object = this;
    while (owner !== FetchConfig.prototype && !Object.getOwnPropertyDescriptor(owner, 'interceptor'))
      owner = Object.getPrototypeOf(owner);
    return owner !== FetchConfig.prototype;
  }
}
