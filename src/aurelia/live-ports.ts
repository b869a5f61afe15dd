import type { BrowserPortsOptions, SessionPorts, TokenStore } from '../core.js';
import { type StorageOptions, storageOptions } from './options/storage-options.js';

type Listener = (text: string | undefined) => void;

/** Ports whose stores follow the options `storage` and `storageKey`, which an app may change before a login. */
export function livePorts(
  settings: Required<StorageOptions>,
  onError: (error: unknown) => void,
  create: (options: BrowserPortsOptions) => SessionPorts,
): SessionPorts {
  const live = new LivePorts(settings, () => create(storageOptions(settings, onError)));
  return {
    ...live.current(),
    store: live.store,
    atomicStore: {
      update: change => live.current().atomicStore.update(change),
      open: () => live.current().atomicStore.open?.(),
      settled: async () => live.current().atomicStore.settled?.(),
      isShared: () => live.current().atomicStore.isShared?.() ?? true,
      wasLost: () => live.current().atomicStore.wasLost?.() ?? false,
    },
    environment: () => live.current().environment(),
  };
}

/** Creates ports again when the options have changed. */
class LivePorts {
  /** The token store of the current options. */
  readonly store: TokenStore = {
    read: () => this.current().store.read(),
    write: text => this.current().store.write(text),
    remove: () => this.current().store.remove(),
    watch: onChange => {
      this.watch(onChange);
      return () => this.watch(undefined);
    },
  };
  private ports: SessionPorts;
  private storage: unknown;
  private storageKey: unknown;
  private listener: Listener | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly settings: Required<StorageOptions>,
    private readonly create: () => SessionPorts,
  ) {
    ({ storage: this.storage, storageKey: this.storageKey } = settings);
    this.ports = create();
  }

  current(): SessionPorts {
    const { storage, storageKey } = this.settings;
    if (storage !== this.storage || storageKey !== this.storageKey) {
      Object.assign(this, { storage, storageKey });
      this.ports = this.create();
      this.watch(this.listener);
    }
    return this.ports;
  }

  private watch(listener: Listener | undefined): void {
    this.stop?.();
    this.listener = listener;
    this.stop = listener && this.ports.store.watch?.(listener);
  }
}
