import type { BrowserPortsOptions, IdleTimeoutOptions, TokenStore } from '../../core.js';

/** Options for storing the session, and for ending it when the user is idle. */
export interface StorageOptions {
  /**
   * Where the session is stored: the name of a global with `getItem`, `setItem` and `removeItem`, or `'memory'`, or a
   * `TokenStore`. Tabs share the session only in `localStorage`.
   * @default 'localStorage'
   */
  storage?: string | TokenStore;
  /** Key of the stored session. Apps that share an origin need different keys. @default 'aurelia_authentication' */
  storageKey?: string;
  /** Time without user activity, in any tab, after which the session ends, in seconds. If unset, it never ends so. @default null */
  idleTimeoutSeconds?: number | null;
  /** Time before the idle timeout at which `onIdleCountdown` begins, in seconds. @default 60 */
  idleCountdownSeconds?: number;
  /** Called every second with the seconds left, and with `undefined` when the user is active again. @default null */
  onIdleCountdown?: ((secondsLeft: number | undefined) => void) | null;
}

export function storageDefaults(): Required<StorageOptions> {
  return {
    storage: 'localStorage',
    storageKey: 'aurelia_authentication',
    idleTimeoutSeconds: null,
    idleCountdownSeconds: 60,
    onIdleCountdown: null,
  };
}

/** Returns where the session is stored. */
export function storageOptions(
  { storage, storageKey }: Required<StorageOptions>,
  onError: (error: unknown) => void,
): BrowserPortsOptions {
  return { storage, storageKey, onError };
}

/** Returns when an idle user is signed out. Undefined without a timeout. */
export function idleTimeoutOptions(settings: Required<StorageOptions>): IdleTimeoutOptions | undefined {
  const { idleTimeoutSeconds: timeoutSeconds, idleCountdownSeconds: countdownSeconds, onIdleCountdown } = settings;
  if (!timeoutSeconds) return undefined;
  return { timeoutSeconds, countdownSeconds, onCountdown: onIdleCountdown ?? undefined };
}
