import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  baseUrl: 'https://api.example.com',
  loginUrl: '/users/sign_in',
  logoutUrl: '/users/sign_out',
  logoutMethod: 'delete',
};
