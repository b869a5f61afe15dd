/** Strings under names, as in `localStorage`. Any call may throw when the browser denies storage. */
export interface StringStorage {
  /** Returns `undefined` if nothing is stored under `name`. */
  read(name: string): string | undefined;
  /** Stores `value` under `name`. */
  write(name: string, value: string): void;
  /** Removes the value under `name`. */
  remove(name: string): void;
  /** Names of all stored values. */
  names(): readonly string[];
}
