import type { AuthConfig } from 'aurelia-auth-refresh';

export const authConfig: AuthConfig = {
  loginUrl: '/auth/login',
  revocationUrl: '/auth/revoke',
  profileUrl: '/auth/me',
  useRefreshToken: true,
  // A session that the server ends is continued in a dialog: the page stays, and requests wait.
  whenSessionEnds: 'park',
  expiredRedirect: false,
  storageChangedRedirect: false,
};
