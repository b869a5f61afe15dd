import type { SessionPorts, TokenStore } from '../../src/core.js';

/** A later version of this library, by what it changes in the record. */
export type LaterVersion = 'minor' | 'major';

type SessionRecord = Readonly<Record<string, unknown>>;

/** Turns this version's record into the later one, and back. */
interface Translation {
  write(record: SessionRecord): SessionRecord;
  read(record: SessionRecord): SessionRecord;
}

const translations: Readonly<Record<LaterVersion, Translation>> = {
  minor: {
    write: record => ('generation' in record ? { ...record, later: 'kept' } : record),
    read: record => record,
  },
  major: {
    write: record => ({ ...record, version: 2 }),
    read: record => (record['version'] === 2 ? { ...record, version: 1 } : record),
  },
};

/** Returns ports with which a session reads and writes records as a later version of this library does. */
export function laterVersionPorts(ports: SessionPorts, version: LaterVersion): SessionPorts {
  const { write, read } = translations[version];
  return {
    ...ports,
    store: laterStore(ports.store, translations[version]),
    atomicStore: {
      update: change =>
        ports.atomicStore.update(value => {
          const shared = Object(value) as { record?: SessionRecord };
          const before = shared.record === undefined ? value : { ...shared, record: read(shared.record) };
          const after = change(before) as { record?: SessionRecord };
          if (after === before) return value;
          return after.record === undefined ? after : { ...after, record: write(after.record) };
        }),
    },
  };
}

function laterStore(store: TokenStore, { write, read }: Translation): TokenStore {
  const translated = (text: string | undefined) => text && JSON.stringify(read(JSON.parse(text)));
  return {
    read: () => translated(store.read()),
    write: text => store.write(JSON.stringify(write(JSON.parse(text)))),
    remove: () => store.remove(),
    watch: onChange => store.watch?.(text => onChange(translated(text))) ?? (() => undefined),
  };
}
