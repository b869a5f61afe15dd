/**
 * Where the session is kept between page loads, read synchronously at the start. Text in, text out. An implementation may
 * throw whenever the browser does (blocked, full, private mode): `resilientStore` stands between.
 */
export interface TokenStore {
  /** The text last written; absent when there is none. */
  read(): string | undefined;
  /** Replaces the text. */
  write(text: string): void;
  /** Leaves nothing to be read. */
  remove(): void;
  /** Calls back with the text when somebody else, such as another tab, wrote it, or without when it was removed. Returns how to stop. */
  watch?(onChange: (text: string | undefined) => void): () => void;
}

/** Keeps the session for as long as the page lives. */
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
 * A store that never throws. What could not be written is kept in memory, so a freshly rotated refresh token is not lost
 * because the disk is full; what cannot be read is taken to be as it was.
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
      return attempted(() => store.watch?.(heard), undefined) ?? (() => undefined);
    },
  };
}
