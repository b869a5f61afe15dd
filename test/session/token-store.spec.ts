import { memoryStore, type TokenStore } from '../../src/core.js';
import { ServerClock } from '../../src/session/server-clock.js';
import { endedRecord, liveRecord } from '../../src/session/session-record.js';
import { StoredSession } from '../../src/session/stored-session.js';
import { tokenSet } from '../../src/session/token-set.js';
import { resilientStore } from '../../src/session/token-store.js';
import { WakeTimer } from '../../src/session/wake-timer.js';
import { TestClock } from '../../src/testing.js';

const clock = new ServerClock({ wall: () => 1000, monotonic: () => 0 });
const live = (generation: number, epoch = 5) => ({
  epoch,
  generation,
  tokens: tokenSet({ accessToken: 'a', tokenType: 'Bearer', body: {} }, { receivedAt: 1000 }),
});

/** A store that throws on demand, and reports writes of other tabs. */
function testStore() {
  const inner = memoryStore();
  const broken = { read: false, write: false, remove: false, watch: false };
  const errors: unknown[] = [];
  let report = (_text: string | undefined): void => undefined;
  const failIf = (isBroken: boolean) => {
    if (isBroken) throw new Error('blocked');
  };
  const store: TokenStore = {
    read: () => {
      failIf(broken.read);
      return inner.read();
    },
    write: text => {
      failIf(broken.write);
      inner.write(text);
    },
    remove: () => {
      failIf(broken.remove);
      inner.remove();
    },
    watch: onChange => {
      failIf(broken.watch);
      report = onChange;
      return () => undefined;
    },
  };
  const resilient = resilientStore(store, error => errors.push(error));
  return { inner, broken, errors, store: resilient, report: (text?: string) => report(text) };
}

describe('a store that may throw', () => {
  it('reads again after a removal that follows a failed write', () => {
    const { broken, inner, store } = testStore();
    broken.write = true;
    store.write('new');
    store.remove();
    expect(store.read()).toBeUndefined();
    inner.write('of another tab');
    expect(store.read()).toBe('of another tab');
  });

  it('returns the text that could not be written, and reads again after the next write', () => {
    const { broken, errors, inner, store } = testStore();
    inner.write('old');
    broken.write = true;
    store.write('new');
    expect([store.read(), inner.read(), errors.length]).toEqual(['new', 'old', 1]);
    broken.write = false;
    store.write('newer');
    inner.write('of another tab');
    expect(store.read()).toBe('of another tab');
  });

  it('returns the text that was read last while reading fails', () => {
    const { broken, inner, store } = testStore();
    inner.write('text');
    expect(store.read()).toBe('text');
    broken.read = true;
    expect(store.read()).toBe('text');
  });

  it('reads nothing after a removal, even a failed one', () => {
    const { broken, store } = testStore();
    store.write('text');
    broken.remove = true;
    store.remove();
    broken.read = true;
    expect(store.read()).toBeUndefined();
  });

  it('reports the text of another tab, which does not replace a text that could not be written', () => {
    const { broken, store, report } = testStore();
    const heard: unknown[] = [];
    store.watch(text => heard.push(text));
    report('of another tab');
    broken.read = true;
    expect(store.read()).toBe('of another tab');
    broken.write = true;
    store.write('unwritten');
    report('of another tab again');
    expect(heard).toEqual(['of another tab', 'of another tab again']);
    expect(store.read()).toBe('unwritten');
  });

  it('watches nothing if watching fails or is impossible', () => {
    const { broken, errors, store } = testStore();
    broken.watch = true;
    store.watch(() => undefined)();
    expect(errors.length).toBe(1);
    resilientStore(memoryStore(), () => undefined).watch(() => undefined)();
  });
});

describe('the stored session', () => {
  function stored(text?: string) {
    const { inner, store } = testStore();
    if (text !== undefined) inner.write(text);
    return { inner, session: new StoredSession(store, clock) };
  }

  it('is restored, and an unreadable record is removed', () => {
    const record = JSON.stringify(liveRecord(live(1), clock));
    expect(stored(record).session.restore()).toEqual(live(1));
    for (const text of ['{', '{}', '[]', '"text"']) {
      const { inner, session } = stored(text);
      expect(session.restore()).toBeUndefined();
      expect(inner.read()).toBeUndefined();
    }
    for (const value of [{ version: 2, epoch: 5 }, endedRecord({ epoch: 5, ended: 'idle' })]) {
      const { inner, session } = stored(JSON.stringify(value));
      expect(session.restore()).toBeUndefined();
      expect(inner.read()).toBe(JSON.stringify(value));
    }
  });

  it('is replaced by a later version only', () => {
    const { session } = stored();
    session.write(live(2));
    session.write(live(1));
    expect(session.read().session).toEqual(live(2));
    session.write(live(0, 6));
    expect(session.read().session).toEqual(live(0, 6));
  });

  it('is removed by its end, and not by the end of an earlier session', () => {
    const { inner, session } = stored();
    session.write(live(2));
    session.end({ epoch: 4, ended: 'requested' });
    session.remove({ epoch: 4, ended: 'requested' });
    expect(inner.read()).toBeDefined();
    session.remove({ epoch: 5, ended: 'requested' });
    expect(inner.read()).toBeUndefined();
    session.remove({ epoch: 5, ended: 'requested' });
    session.write(live(2));
    session.end({ epoch: 5, ended: 'requested' });
    expect(inner.read()).toBeUndefined();
  });

  it('of a later version of this library is removed by a logout in this tab only, and never overwritten', () => {
    const newer = JSON.stringify({ version: 2, epoch: 5 });
    const { inner, session } = stored(newer);
    session.write(live(9, 9));
    session.end({ epoch: 9, ended: 'refused' });
    session.remove({ epoch: 9, ended: 'requested' });
    expect(inner.read()).toBe(newer);
    session.end({ epoch: 9, ended: 'requested' });
    expect(inner.read()).toBeUndefined();
  });
});

describe('the timer of a session', () => {
  function timer() {
    const test = new TestClock();
    const delays: number[] = [];
    const session = new ServerClock({ wall: test.wall, monotonic: test.monotonic });
    const wake = new WakeTimer(session, (delayMs, action) => {
      delays.push(delayMs);
      return test.after(delayMs, action);
    });
    return { test, delays, wake };
  }

  it('fires at its instant, at once for a past one, and after a long wait in legs', async () => {
    const { test, delays, wake } = timer();
    const fired: string[] = [];
    wake.set(test.now() - 5, () => fired.push('past'));
    expect(delays).toEqual([0]);
    await test.advance(0);
    expect([fired, wake.at]).toEqual([['past'], Number.POSITIVE_INFINITY]);
    wake.set(test.now() + 1.5, () => fired.push('later'));
    expect(delays.at(-1)).toBe(2);
    await test.advance(1);
    expect(fired).toEqual(['past']);
    await test.advance(1);
    expect(fired).toEqual(['past', 'later']);
    const farAway = test.now() + 2 ** 31;
    wake.set(farAway, () => fired.push('far away'));
    expect([delays.at(-1), wake.at]).toEqual([2 ** 31 - 1, farAway]);
    await test.advance(2 ** 31 - 1);
    expect(delays.at(-1)).toBe(1);
    await test.advance(1);
    expect(fired.at(-1)).toBe('far away');
  });

  it('has one instant, and none after it is cancelled', async () => {
    const { test, wake } = timer();
    const fired: string[] = [];
    wake.set(test.now() + 5, () => fired.push('replaced'));
    wake.set(test.now() + 10, () => fired.push('second'));
    expect(test.armed).toBe(1);
    await test.advance(10);
    wake.set(test.now() + 5, () => fired.push('cancelled'));
    wake.cancel();
    expect([test.armed, wake.at]).toEqual([0, Number.POSITIVE_INFINITY]);
    await test.advance(10);
    expect(fired).toEqual(['second']);
  });
});
