import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  loginUrl: '/auth/login',
  revocationUrl: '/auth/revoke',
  profileUrl: '/auth/me',
  useRefreshToken: true,
};
