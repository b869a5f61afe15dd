import type { OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';

export const oidc: OpenIdConnectOptions = {
  issuer: 'https://api.example.com',
  clientId: 'spa',
  scope: 'openid read',
  redirectUri: '/',
  postLogoutRedirectUri: '/',
  renewal: 'refresh-token',
};
