import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://directus.example.com',
  loginUrl: '/auth/login',
  refreshTokenUrl: '/auth/refresh',
  useRefreshToken: true,
  accessTokenProp: 'data.access_token',
  refreshTokenProp: 'data.refresh_token',
  expiresInProp: 'data.expires',
  expiresInUnit: 'milliseconds',
  sendAccessTokenOnRefresh: false,
  refreshRequest: { parameters: { grant_type: null, mode: 'json' } },
  logoutUrl: '/auth/logout',
  logoutMethod: 'post',
  logoutRequest: { parameters: { mode: 'json' } },
};
