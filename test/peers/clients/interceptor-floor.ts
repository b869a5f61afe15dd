import { HttpClient } from 'aurelia-fetch-client';
import type { ClientKind } from './client.js';
import { CheckedFloor } from './floor.js';

/** The checked minimal client as an interceptor: the cost of requests through an `HttpClient`. */
class FittedFloor extends CheckedFloor {
  private readonly http = new HttpClient().configure(
    config => void config.withInterceptor({ request: request => this.authorize(request) }),
  );

  override send(url: string, init?: RequestInit): Promise<Response> {
    return this.http.fetch(url, init);
  }
}

export const interceptorFloor: ClientKind = {
  name: 'hand-written, expiry and origin checked, in an HttpClient',
  open: () => new FittedFloor(),
};
