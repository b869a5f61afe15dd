import { browserPorts, type SharedCell } from '../../src/core.js';

/** Ports for a session of which nothing is stored yet. */
function portsOfNewSession() {
  const faults: unknown[] = [];
  const storageKey = `session-${crypto.randomUUID()}`;
  const open = () => browserPorts({ storageKey, onFault: fault => faults.push(fault) });
  return { open, faults };
}

async function valueIn(cell: SharedCell): Promise<unknown> {
  let seen: unknown;
  await cell.update(value => {
    seen = value;
    return value;
  });
  return seen;
}

describe('the record that tabs share in IndexedDB', () => {
  let transactions: jasmine.Spy<IDBDatabase['transaction']>;

  beforeEach(() => {
    transactions = spyOn(IDBDatabase.prototype, 'transaction').and.callThrough();
  });

  it('is the same in every tab', async () => {
    const { open } = portsOfNewSession();
    await open().cell.update(() => 'written');
    expect(await valueIn(open().cell)).toBe('written');
  });

  it('[F78] is still the same when the browser has closed a connection, as it does when site data is cleared', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().cell, open().cell];
    await one.update(() => 'first');
    transactions.and.callFake(() => {
      transactions.and.callThrough();
      throw new DOMException('The connection was closed.', 'InvalidStateError');
    });
    await one.update(() => 'second');
    expect(await valueIn(other)).toBe('second');
    expect(faults).toEqual([]);
  });

  it('[F76] is in memory while the browser refuses, and shared again as soon as it does not', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().cell, open().cell];
    transactions.and.throwError(new DOMException('No.', 'SecurityError'));
    await one.update(() => 'kept');
    expect(await valueIn(one)).toBe('kept');
    expect(faults.length).toBe(1);
    transactions.and.callThrough();
    await one.update(() => 'written');
    expect(await valueIn(other)).toBe('written');
  });
});
