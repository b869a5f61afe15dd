import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/api/token/',
  refreshTokenUrl: '/api/token/refresh/',
  useRefreshToken: true,
  accessTokenProp: 'access',
  refreshTokenProp: 'refresh',
  refreshTokenSubmitProp: 'refresh',
  sendAccessTokenOnRefresh: false,
  logoutUrl: '/api/token/blacklist/',
  logoutMethod: 'post',
  logoutRequest: { refreshTokenParameter: 'refresh' },
};
