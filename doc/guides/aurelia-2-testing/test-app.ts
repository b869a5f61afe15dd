import { IHttpClient } from '@aurelia/fetch-client';
import { Aurelia } from 'aurelia';
import { AuthConfiguration, IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { FakeTokenServer, TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';

/** The container of an app in a browser tab whose clock and server the specs control. */
export function testApp() {
  const clock = new TestClock();
  const server = new FakeTokenServer({ clock });
  const tab = new TestBrowser({ clock, fetch: server.fetch }).openTab();
  const auth = AuthConfiguration.customize({
    login: { url: '/auth/login' },
    session: { refresh: { url: '/auth/login' } },
    protectedUrls: ['/api'],
    ports: tab.ports,
    bearer: { fetch: server.fetch },
  });
  const { container } = new Aurelia().register(auth);
  container.get(IHttpClient).configure(http => http.withBaseUrl(location.origin));
  return { auth: container.get(IAuthService), clock, container, server, tab };
}
