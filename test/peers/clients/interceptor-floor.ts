import { HttpClient, type HttpClientConfiguration } from 'aurelia-fetch-client';
import { Container } from 'aurelia-framework';
import type { ClientKind } from './client.js';
import { CheckedFloor } from './floor.js';

/** The checked minimal client as an interceptor in an Aurelia app: the cost of the framework and of its `HttpClient`. */
class FittedFloor extends CheckedFloor {
  private readonly http: HttpClient = new Container()
    .get(HttpClient)
    .configure(
      (config: HttpClientConfiguration) => void config.withInterceptor({ request: request => this.authorize(request) }),
    );

  override send(url: string, init?: RequestInit): Promise<Response> {
    return this.http.fetch(url, init);
  }
}

export const interceptorFloor: ClientKind = {
  name: 'hand-written, expiry and origin checked, in an HttpClient',
  open: () => new FittedFloor(),
};
