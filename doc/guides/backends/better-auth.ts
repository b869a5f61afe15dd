import type { OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';

export const oidc: OpenIdConnectOptions = {
  issuer: 'https://auth.example.com/api/auth',
  clientId: '…',
  scope: 'openid offline_access',
  redirectUri: '/',
  postLogoutRedirectUri: '/',
  renewal: 'refresh-token',
};
