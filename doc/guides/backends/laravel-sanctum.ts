import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/api/sanctum/token',
  accessTokenProp: 'token',
  logoutOnInvalidToken: true,
  logoutUrl: '/api/logout',
  logoutMethod: 'post',
};
