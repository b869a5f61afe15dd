import { memoryStore, type SessionStore, storeContract } from '../../../src/server.js';
import { testClock } from '../support/test-clock.js';

/** The cases a store fails. */
async function failures(spoil: (store: SessionStore) => Partial<SessionStore>): Promise<string[]> {
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
  it('[S-35] names the failure of a store that reads, waits and then writes', async () => {
    let writing: Promise<unknown> = Promise.resolve();
    const failed = await failures(store => ({
      async rotate(id, presented) {
        const before = (await store.find(id))?.record;
        if (before?.generation !== presented.generation) return store.rotate(id, presented);
        await new Promise(setImmediate);
        writing = store.rotate(id, presented);
        await writing;
        return { outcome: 'rotated', record: { ...before, generation: before.generation + 1 }, at: before.rotatedAt };
      },
    }));
    expect(failed).toContain('rotates once for a hundred concurrent requests, and repeats the successor for the rest');
    expect(failed).toContain('without a grace period, detects reuse at the second of a hundred concurrent requests');
  });

  it('[S-35] names the failure of a store that drops revoked sessions', async () => {
    const failed = await failures(store => ({
      find: async id => {
        const found = await store.find(id);
        return found?.record.revoked === undefined ? found : undefined;
      },
    }));
    expect(failed).toContain('revokes once, keeps the reason for an hour, and drops the session then');
  });

  it('[S-35] names the failure of a store without a clock', async () => {
    const failed = await failures(() => memoryStore({ clock: () => 0 }));
    expect(failed.length).toBeGreaterThan(3);
  });
});
