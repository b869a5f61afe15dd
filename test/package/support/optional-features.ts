/** A spec that shows what the client does in a browser without a feature. */
interface Proof {
  /** Path below `test`, without `.spec.ts`. */
  readonly file: string;
  /** Part of its title. */
  readonly title: string;
}

const withoutLocks: Proof = { file: 'session/browser-ports', title: 'work without locks if the browser has none' };
const withoutChannel: Proof = {
  file: 'callback/browser-ports',
  title: '[F115] completes with the message of the popup',
};

/** Features that the client uses where the browser has them. */
export const optionalFeatures: Readonly<Record<string, Proof>> = {
  'AbortSignal.reason': {
    file: 'session/waiting',
    title: 'rejects with an AbortError in browsers without AbortSignal.reason',
  },
  BroadcastChannel: withoutChannel,
  'BroadcastChannel.addEventListener': withoutChannel,
  'BroadcastChannel.close': withoutChannel,
  'BroadcastChannel.postMessage': withoutChannel,
  'Error.cause': { file: 'oidc/renewal', title: 'in a browser without Error.cause' },
  'IDBTransaction.commit': { file: 'session/browser-ports', title: 'in a browser without IDBTransaction.commit' },
  'LockManager.request': withoutLocks,
  'NavigatorLocks.locks': withoutLocks,
  'Request.keepalive': { file: 'http/discard', title: 'in a browser without Request.keepalive' },
  crossOriginIsolated: { file: 'oidc/browser-ports', title: 'in a browser without crossOriginIsolated' },
};
