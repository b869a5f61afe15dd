import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://pocketbase.example.com',
  loginUrl: '/api/collections/users/auth-with-password',
  refreshTokenUrl: '/api/collections/users/auth-refresh',
  useRefreshToken: true,
  accessTokenProp: 'token',
  refreshTokenProp: 'token',
  authTokenType: false,
  refreshRequest: { parameters: { grant_type: null, refresh_token: null } },
};
