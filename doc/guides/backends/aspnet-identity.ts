import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/login',
  refreshTokenUrl: '/refresh',
  useRefreshToken: true,
  accessTokenProp: 'accessToken',
  refreshTokenProp: 'refreshToken',
  refreshTokenSubmitProp: 'refreshToken',
  expiresInProp: 'expiresIn',
};
