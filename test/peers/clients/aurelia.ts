import { type AuthConfig, AuthService, configure, FetchConfig } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import { Container, type FrameworkConfiguration } from 'aurelia-framework';
import { apiPath, type ClientKind, clientId, tokenPath } from './client.js';

const authConfig: AuthConfig = {
  useRefreshToken: true,
  refreshTokenUrl: tokenPath,
  clientId,
  protectedUrls: [apiPath],
  loginRedirect: '',
  logoutRedirect: '',
  expiredRedirect: '',
  storageChangedRedirect: '',
};

/** The plugin in its own container. */
export function openAurelia() {
  const container = new Container();
  const aurelia = { container, globalResources: () => aurelia };
  configure(aurelia as unknown as FrameworkConfiguration, {
    ...authConfig,
    ...(globalThis.parksRequests && { whenSessionEnds: 'park' }),
  });
  const authService: AuthService = container.get(AuthService);
  const fetchConfig: FetchConfig = container.get(FetchConfig);
  const http: HttpClient = container.get(HttpClient);
  fetchConfig.configure(http);
  return { authService, bearer: fetchConfig.bearer, http };
}

export const aurelia: ClientKind = {
  name: 'aurelia-auth-refresh',
  open() {
    const { authService, bearer, http } = openAurelia();
    return {
      logIn: tokens => authService.setResponseObject(tokens),
      logOut: () => authService.logout(),
      // As for every request that the library, or the HTTP client, made of an address.
      authorize: request => bearer.authorize(request, { inPlace: true }),
      send: (url, init) => http.fetch(url, init),
      refresh: () => authService.updateToken(),
      isSignedIn: () => authService.authenticated,
      accessToken: () => authService.getAccessToken(),
      dispose: () => authService.session.dispose(),
    };
  },
};
