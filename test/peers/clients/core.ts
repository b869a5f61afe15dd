import { Bearer, browserPorts, isLoggedIn, ParkedRequests, protectedUrls, Session } from 'aurelia-auth-refresh/core';
import { apiPath, type ClientKind, clientId, tokenPath } from './client.js';

export const core: ClientKind = {
  name: 'aurelia-auth-refresh/core',
  open() {
    const session = new Session(
      { refresh: { url: tokenPath, parameters: { client_id: clientId } } },
      browserPorts({ storageKey: 'core' }),
    );
    const bearer = new Bearer(session, {
      protects: protectedUrls([apiPath], document.baseURI),
      fetch: request => fetch(request),
      ...(globalThis.parksRequests && { parkedRequests: new ParkedRequests(session) }),
    });
    return {
      logIn: tokens => void session.logIn(tokens),
      logOut: () => session.logOut(),
      // As for every request that the library, or the HTTP client, made of an address.
      authorize: request => bearer.authorize(request, { inPlace: true }),
      send: (url, init) => bearer.fetch(url, init),
      refresh: () => session.updateToken(),
      isSignedIn: () => isLoggedIn(session.state),
      accessToken: () => (isLoggedIn(session.state) ? session.state.tokens.accessToken : undefined),
      dispose: () => session.dispose(),
    };
  },
};
