import type { OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';

export const oidc: OpenIdConnectOptions = {
  issuer: 'https://api.example.com/o',
  clientId: 'spa',
  scope: 'openid read',
  redirectUri: '/',
  postLogoutRedirectUri: '/',
  renewal: 'refresh-token',
  metadata: {
    issuer: 'https://api.example.com/o',
    authorization_endpoint: 'https://api.example.com/o/authorize/',
    token_endpoint: 'https://api.example.com/o/token/',
    revocation_endpoint: 'https://api.example.com/o/revoke_token/',
    userinfo_endpoint: 'https://api.example.com/o/userinfo/',
    jwks_uri: 'https://api.example.com/o/.well-known/jwks.json',
  },
};
