import type { OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';

export const oidc: OpenIdConnectOptions = {
  issuer: 'https://api.example.com',
  clientId: '…',
  scope: 'read-orders',
  redirectUri: '/',
  renewal: 'refresh-token',
  metadata: {
    issuer: 'https://api.example.com',
    authorization_endpoint: 'https://api.example.com/oauth/authorize',
    token_endpoint: 'https://api.example.com/oauth/token',
  },
};
