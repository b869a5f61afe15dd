import type { OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';

export const openIdOptions: OpenIdConnectOptions = {
  issuer: 'https://login.example.com',
  clientId: 'shop',
  scope: 'openid offline_access orders',
  redirectUri: '/',
  silentRedirectUri: '/callback.html',
  postLogoutRedirectUri: '/',
};
