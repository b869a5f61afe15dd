import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/api/auth/signin',
  refreshTokenUrl: '/api/auth/refreshtoken',
  useRefreshToken: true,
  accessTokenProp: 'accessToken',
  refreshTokenProp: 'refreshToken',
  refreshTokenSubmitProp: 'refreshToken',
  sendAccessTokenOnRefresh: false,
};
