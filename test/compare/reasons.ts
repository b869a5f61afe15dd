/** Reasons why a behaviour does not apply to some clients. */

export const sendsNothing = 'it sends no requests: the application does';

const cannotBeDisposed = 'it has no function for that';

/** Clients that an application cannot stop and replace. */
export const withoutDispose = {
  predecessor: cannotBeDisposed,
  auth0SpaJs: cannotBeDisposed,
  axiosAuthRefresh: cannotBeDisposed,
  aurelia2Recipe: cannotBeDisposed,
  tutorial: cannotBeDisposed,
} as const;
