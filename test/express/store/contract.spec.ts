import { memoryStore, type RefreshTokenStore, storeContract } from '../../../src/express.js';
import { testClock } from '../support/test-clock.js';

/** The cases a store fails. */
async function failures(spoil: (store: RefreshTokenStore) => Partial<RefreshTokenStore>): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, check } of storeContract) {
    const clock = testClock();
    const store = memoryStore({ clock });
    await check({ store: { ...store, ...spoil(store) }, advance: clock.advance }).catch(() => failed.push(name));
    store.close();
  }
  return failed;
}

describe('the contract of stores', () => {
  it('[S-35] names what a store does wrong that reads, waits and then writes', async () => {
    let writing: Promise<unknown> = Promise.resolve();
    const failed = await failures(store => ({
      async rotate(id, presented) {
        const before = (await store.find(id))?.family;
        if (before?.generation !== presented.generation) return store.rotate(id, presented);
        await new Promise(setImmediate);
        writing = store.rotate(id, presented);
        await writing;
        return { outcome: 'rotated', family: { ...before, generation: before.generation + 1 } };
      },
    }));
    expect(failed).toContain('rotates once when a hundred ask at once, and repeats the successor to the rest');
    expect(failed).toContain('without grace, takes the second of a hundred for a thief');
  });

  it('[S-35] names what a store does wrong that forgets what it revoked', async () => {
    const failed = await failures(store => ({
      find: async id => {
        const found = await store.find(id);
        return found?.family.revoked === undefined ? found : undefined;
      },
    }));
    expect(failed).toContain('revokes once, and remembers why until the absolute end');
  });

  it('[S-35] names what a store does wrong that keeps no time', async () => {
    const failed = await failures(() => memoryStore({ clock: () => 0 }));
    expect(failed.length).toBeGreaterThan(3);
  });
});
