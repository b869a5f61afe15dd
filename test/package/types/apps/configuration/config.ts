import { BaseConfig } from 'aurelia-authentication';

const shared = {
  baseUrl: '/api',
  loginUrl: '/auth/login',
  useRefreshToken: true,
  tenant: 'acme',
};

export const partial = { loginUrl: '/in', storage: 'sessionStorage' } as BaseConfig;
export const typed = <BaseConfig>{ loginRedirect: false as any, providers: { github: { clientId: 'web' } } };
export const viaAny: any = { loginUrl: '/in' };

export function configure(config: BaseConfig) {
  config.configure(shared);
  config.configure({ loginUrl: '/in', notAnOption: true, another: { nested: 1 } });
  config.configure(viaAny);
  config.configure(partial);
  config.loginRedirect = '#/home';
  config.logoutRedirect = '';
  config.expiredRedirect = 0;
  config.clientId = 'web';
  config.authTokenType = 'JWT';
  config.accessTokenRoot = 'data';
  config.storageKey = `app_${location.hostname}`;
  config.getExpirationDateFromResponse = (response: any) => new Date().getTime() / 1000 + response.expires_in;
  config.getAccessTokenFromResponse = (response: any) => response.data[0].access_token;
  config.defaultHeadersForTokenRequests = { 'Content-Type': 'application/x-www-form-urlencoded' };
  config.providers.google.clientId = 'web';
  config.providers['own'] = { name: 'own', url: 'auth/own', scope: ['profile'], nonce: () => 'n' };
  config.globalValueConverters = ['authFilterValueConverter', 'authenticatedValueConverter'];
  config.endpoint = 'auth';
  config.configureEndpoints = ['auth', 'api'];
  const url: string = config.joinBase(config.loginUrl);
  const options: any = config.getOptionsForTokenRequests({ headers: { 'X-App': '1' } });
  return url + options.headers['X-App'] + config.tokenPrefix + config.authToken + config.current.loginUrl;
}
