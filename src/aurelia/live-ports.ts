import type { BrowserPortsOptions, SessionPorts } from '../core.js';
import { type StorageOptions, storageOptions } from './options/storage-options.js';

/** Ports whose stores follow the options `storage` and `storageKey`, which an app may change before a login. */
export function livePorts(
  settings: Required<StorageOptions>,
  onError: (error: unknown) => void,
  create: (options: BrowserPortsOptions) => SessionPorts,
): SessionPorts {
  const first = create(storageOptions(settings, onError));
  let { storage, storageKey } = settings;
  let current = first;
  let listener: ((text: string | undefined) => void) | undefined;
  let stop = ignore;

  function watch(): void {
    stop();
    stop = (listener && current.store.watch?.(listener)) ?? ignore;
  }

  function ports(): SessionPorts {
    if (storage === settings.storage && storageKey === settings.storageKey) return current;
    ({ storage, storageKey } = settings);
    current = create(storageOptions(settings, onError));
    watch();
    return current;
  }

  return {
    ...first,
    store: {
      read: () => ports().store.read(),
      write: text => ports().store.write(text),
      remove: () => ports().store.remove(),
      watch: onChange => {
        listener = onChange;
        watch();
        return () => {
          listener = undefined;
          watch();
        };
      },
    },
    atomicStore: { update: change => ports().atomicStore.update(change) },
    environment: () => ports().environment(),
  };
}

function ignore(): void {
  // Nothing is being watched.
}
