import { test } from 'node:test';
import { memoryStore, storeContract } from 'aurelia-auth-refresh/server';

for (const { name, check } of storeContract) {
  test(name, async () => {
    let now = Date.now();
    const store = memoryStore({ clock: () => now }); // your store, empty
    await check({
      store,
      advance(seconds) {
        now += seconds * 1000;
      },
    });
    store.close();
  });
}
