import type { StringStorage } from './string-storage.js';

/** The texts of `localStorage`, which all tabs share. Touches it on each call only. */
export const localStringStorage: StringStorage = {
  read: name => localStorage.getItem(name) ?? undefined,
  write: (name, text) => localStorage.setItem(name, text),
  remove: name => localStorage.removeItem(name),
  names: () => Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? ''),
};
