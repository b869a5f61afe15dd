/** The content of all storage that a page can write, as one string. */
export async function everythingStored(): Promise<string> {
  const databases = await indexedDB.databases();
  const records = await Promise.all(databases.map(({ name = '' }) => recordsOf(name)));
  const caches = await Promise.all((await globalThis.caches.keys()).map(cachedIn));
  return JSON.stringify([
    { ...localStorage },
    { ...sessionStorage },
    records,
    caches,
    document.cookie,
    document.documentElement.outerHTML,
    history.state,
    name,
    location.href,
  ]);
}

async function cachedIn(name: string): Promise<string[]> {
  const cache = await caches.open(name);
  const responses = await Promise.all((await cache.keys()).map(request => cache.match(request)));
  return Promise.all(responses.map(async response => (await response?.text()) ?? ''));
}

async function recordsOf(name: string): Promise<unknown[]> {
  const database = await answered(indexedDB.open(name));
  const stores = [...database.objectStoreNames];
  const records = await Promise.all(
    stores.map(store => answered(database.transaction(store).objectStore(store).getAll())),
  );
  database.close();
  return records;
}

/** Writes a file to IndexedDB and returns what it reads from there: a file whose bytes are on disk. */
export async function throughDatabase(file: File): Promise<File> {
  const request = indexedDB.open('files');
  request.onupgradeneeded = () => request.result.createObjectStore('files');
  const database = await answered(request);
  const transaction = database.transaction('files', 'readwrite');
  transaction.objectStore('files').put(file, 'file');
  await new Promise(resolve => transaction.addEventListener('complete', resolve));
  const read: File = await answered(database.transaction('files').objectStore('files').get('file'));
  database.close();
  return read;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Corrupts every value that a page has stored. */
export async function corruptStorage(): Promise<void> {
  for (const area of [localStorage, sessionStorage]) for (const key of Object.keys(area)) area.setItem(key, '{corrupt');
  await inEveryStore(store => {
    store.openKeyCursor().onsuccess = ({ target }) => {
      const { result: cursor } = target as IDBRequest<IDBCursor | null>;
      if (!cursor) return;
      store.put('{corrupt', cursor.key);
      cursor.continue();
    };
  });
}

export async function clearStorage(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  await inEveryStore(store => store.clear());
}

async function inEveryStore(change: (store: IDBObjectStore) => void): Promise<void> {
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await answered(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const transaction = database.transaction(store, 'readwrite');
      change(transaction.objectStore(store));
      await new Promise(resolve => transaction.addEventListener('complete', resolve));
    }
    database.close();
  }
}
