import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/auth/login',
  refreshTokenUrl: '/auth/refresh',
  useRefreshToken: true,
  accessTokenProp: 'accessToken',
  refreshTokenProp: 'refreshToken',
  refreshTokenSubmitProp: 'refreshToken',
  refreshRequest: { parameters: { grant_type: null } },
  logoutUrl: '/auth/logout',
  logoutMethod: 'post',
  logoutRequest: { refreshTokenParameter: 'refreshToken' },
};
