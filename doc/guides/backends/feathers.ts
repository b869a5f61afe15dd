import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/authentication',
  accessTokenProp: 'accessToken',
  logoutUrl: '/authentication',
  logoutMethod: 'delete',
};
