/** Reasons why a behaviour does not apply to some clients. */

export const sendsNothing = 'it sends no requests: the application does';

const leavesToSignOut = 'it leaves the page to sign out, and without a network it does not come back';

/** Clients that sign out at the provider. */
export const withoutLocalSignOut = { oidcSpa: leavesToSignOut, keycloakJs: leavesToSignOut } as const;

const cannotBeDisposed = 'it has no function for that';

/** Clients that an application cannot stop and replace. */
export const withoutDispose = {
  predecessor: cannotBeDisposed,
  auth0SpaJs: cannotBeDisposed,
  oidcSpa: cannotBeDisposed,
  keycloakJs: cannotBeDisposed,
  angularAuthOidcClient: cannotBeDisposed,
  axiosAuthRefresh: cannotBeDisposed,
  aurelia2Recipe: cannotBeDisposed,
  tutorial: cannotBeDisposed,
} as const;
