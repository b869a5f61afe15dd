/** Texts under names, in the manner of web storage. May throw whenever the browser does. */
export interface StringStorage {
  /** Absent where nothing is kept under that name. */
  read(name: string): string | undefined;
  /** Replaces what is kept under that name. */
  write(name: string, text: string): void;
  /** Leaves nothing under that name. */
  remove(name: string): void;
  /** All names under which something is kept. */
  names(): readonly string[];
}
