import type { Checks } from './checks.js';

/**
 * An address to navigate to, as for `location.href`. Falsy values disable the redirect. `true` and other numbers than 0 are no
 * address, and are logged.
 */
export type RedirectTarget = string | boolean | number | null | undefined;

/** Options for the addresses that the user is redirected to. */
export interface RedirectOptions {
  /** Address after login, and for signed-in users who open the login route. Falsy values disable it. @default '#/' */
  loginRedirect?: RedirectTarget;
  /** Address after logout. @default '#/' */
  logoutRedirect?: RedirectTarget;
  /** Router fragment of the login page. The guard redirects unauthenticated users to it. @default '/login' */
  loginRoute?: string;
  /** Redirects to the route that the guard denied, instead of `loginRedirect`, after login. @default false */
  returnAfterLogin?: boolean;
  /** Whether the signup response holds tokens, which then sign the user in. @default true */
  loginOnSignup?: boolean;
  /** Address after signup. With `loginOnSignup`, the default value is replaced by `loginRedirect`. @default '#/login' */
  signupRedirect?: RedirectTarget;
  /**
   * Address after a session that ended without the user's request: it expired, the server rejected the refresh, or the user was
   * idle for too long.
   * @default '#/'
   */
  expiredRedirect?: RedirectTarget;
  /** Address after the user, or another user, signed in or out in another tab. @default '#/' */
  storageChangedRedirect?: RedirectTarget;
  /** Reloads the page after a sign-in or sign-out in another tab. @default false */
  storageChangedReload?: boolean;
}

export function redirectDefaults(): Required<RedirectOptions> {
  return {
    loginRedirect: '#/',
    logoutRedirect: '#/',
    loginRoute: '/login',
    returnAfterLogin: false,
    loginOnSignup: true,
    signupRedirect: '#/login',
    expiredRedirect: '#/',
    storageChangedRedirect: '#/',
    storageChangedReload: false,
  };
}

export const redirectChecks: Checks<RedirectOptions> = {
  loginRedirect: redirectTarget,
  logoutRedirect: redirectTarget,
  signupRedirect: redirectTarget,
  expiredRedirect: redirectTarget,
  storageChangedRedirect: redirectTarget,
};

function redirectTarget(value: unknown, _settings: object, name: string): readonly string[] {
  if (!value || typeof value === 'string') return [];
  return [`"${name}" is ${value}: expected an address, or false to disable the redirect.`];
}
