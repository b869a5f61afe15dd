import { AuthService, type BaseConfig, configure, FetchConfig } from 'aurelia-authentication';
import { HttpClient } from 'aurelia-fetch-client';
import { Container } from 'aurelia-framework';
import { type ClientKind, clientId, tokenPath } from './client.js';

const options = {
  useRefreshToken: true,
  refreshTokenUrl: tokenPath,
  clientId,
  storageKey: 'predecessor',
  loginRedirect: '',
  logoutRedirect: '',
  expiredRedirect: '',
  storageChangedRedirect: '',
};

export const predecessor: ClientKind = {
  name: 'aurelia-authentication',
  open() {
    const container = new Container();
    const aurelia = { container, globalResources: () => aurelia };
    configure(aurelia, options as unknown as (config: BaseConfig) => void);
    const authService: AuthService = container.get(AuthService);
    const fetchConfig: FetchConfig = container.get(FetchConfig);
    const http: HttpClient = container.get(HttpClient);
    fetchConfig.configure(http);
    const { request: authorize } = fetchConfig.interceptor;
    return {
      logIn: tokens => authService.setResponseObject(tokens),
      logOut: () => authService.logout(),
      authorize: request => authorize(request),
      send: (url, init) => http.fetch(url, init),
      refresh: () => authService.updateToken(),
      isSignedIn: () => authService.authenticated,
      accessToken: () => authService.getAccessToken() ?? undefined,
    };
  },
};
