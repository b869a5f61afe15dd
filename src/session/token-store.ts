/**
 * Keeps the session between page loads, as a text. It is read synchronously at the start. Its methods may throw, as web storage
 * does if it is blocked or full: the error is reported and the session is kept in memory.
 */
export interface TokenStore {
  /** Returns the text last written; `undefined` if there is none. */
  read(): string | undefined;
  /** Replaces the text. */
  write(text: string): void;
  /** Removes the text. */
  remove(): void;
  /** Calls `onChange` when another tab wrote the text or, with `undefined`, removed it. Returns a function that stops it. */
  watch?(onChange: (text: string | undefined) => void): () => void;
}

/** Creates a store in memory, which keeps the session until the page is closed or reloaded. */
export function memoryStore(): TokenStore {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: text => {
      kept = text;
    },
    remove: () => {
      kept = undefined;
    },
  };
}

/**
 * Wraps a store so that it never throws. A text that could not be written is kept in memory, so a rotated refresh token is not lost.
 * If reading fails, the text last read counts.
 */
export function resilientStore(store: TokenStore, onError: (error: unknown) => void): Required<TokenStore> {
  let known: string | undefined;
  let isWritten = true;
  function attempted<T>(action: () => T, otherwise: T): T {
    try {
      return action();
    } catch (error) {
      onError(error);
      return otherwise;
    }
  }
  return {
    read: () => {
      if (isWritten) known = attempted(() => store.read(), known);
      return known;
    },
    write: text => {
      known = text;
      isWritten = attempted(() => {
        store.write(text);
        return true;
      }, false);
    },
    remove: () => {
      known = undefined;
      isWritten = true;
      attempted(() => store.remove(), undefined);
    },
    watch: onChange => {
      const heard = (text: string | undefined): void => {
        if (isWritten) known = text;
        onChange(text);
      };
      return attempted(() => store.watch?.(heard), undefined) || (() => undefined);
    },
  };
}
