import { IHttpClient } from '@aurelia/fetch-client';
import { Aurelia } from 'aurelia';
import { AuthConfiguration, IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { isLoggedIn, ParkedRequests } from 'aurelia-auth-refresh/core';
import { apiPath, type ClientKind, clientId, tokenPath } from './client.js';

export const aurelia2: ClientKind = {
  name: 'aurelia-auth-refresh/aurelia2',
  open() {
    const { container } = new Aurelia().register(
      AuthConfiguration.customize({
        session: { refresh: { url: tokenPath, parameters: { client_id: clientId } } },
        protectedUrls: [apiPath],
        ...(globalThis.parksRequests && { parkedRequests: session => new ParkedRequests(session) }),
      }),
    );
    const auth = container.get(IAuthService);
    const http = container.get(IHttpClient);
    return {
      logIn: tokens => void auth.session.logIn(tokens),
      logOut: () => auth.logout(),
      // As for every request that the library, or the HTTP client, made of an address.
      authorize: request => auth.bearer.authorize(request, { inPlace: true }),
      send: (url, init) => http.fetch(url, init),
      refresh: () => auth.updateToken(),
      isSignedIn: () => auth.authenticated,
      accessToken: () => (isLoggedIn(auth.session.state) ? auth.session.state.tokens.accessToken : undefined),
      dispose: () => auth.session.dispose(),
    };
  },
};
