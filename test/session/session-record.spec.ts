import { endReasons } from '../../src/core.js';
import { ServerClock } from '../../src/session/server-clock.js';
import { endedRecord, laterThan, liveRecord, readRecord } from '../../src/session/session-record.js';
import type { LiveSession } from '../../src/session/session-state.js';
import { tokenSet } from '../../src/session/token-set.js';

const wall = Date.UTC(2026, 0, 1);
const clock = new ServerClock({ wall: () => wall, monotonic: () => 0 });
const response = { accessToken: 'a', tokenType: 'Bearer', expiresIn: 60, body: { more: 1 } } as const;

function session(change: object = {}): LiveSession {
  return { epoch: 5, generation: 2, tokens: tokenSet({ ...response, ...change }, { receivedAt: wall }) };
}

/** The session that a record with changed fields holds. */
function read(change: object): unknown {
  return readRecord({ ...liveRecord(session(), clock), ...change }, clock).session;
}

describe('the record of a session', () => {
  it('holds all tokens, their type and their instants', () => {
    for (const change of [{}, { tokenType: 'DPoP' }, { refreshToken: 'r', scope: 'orders', idToken: 'i' }]) {
      const live = session(change);
      const record = JSON.parse(JSON.stringify(liveRecord(live, clock)));
      expect(readRecord(record, clock)).toEqual({ kind: 'session', session: live });
    }
  });

  it('keeps an unknown lifetime unknown', () => {
    const live = session({ expiresIn: undefined });
    expect(readRecord(liveRecord(live, clock), clock).session).toEqual(live);
  });

  it('has the version 1, which later versions of this library read', () => {
    expect(liveRecord(session(), clock).version).toBe(1);
    expect(endedRecord({ epoch: 5, ended: 'requested' })).toEqual({ version: 1, epoch: 5, ended: 'requested' });
  });

  for (const [what, change] of [
    ['a negative generation', { generation: -1 }],
    ['a fractional generation', { generation: 1.5 }],
    ['a negative instant', { receivedAt: -1 }],
    ['an instant after the last date', { receivedAt: 8.64e15 + 1 }],
    ['an expiry that is no number', { expiresAt: '60' }],
    ['an expiry after the last date', { expiresAt: 8.64e15 + 2 }],
    ['a negative epoch', { epoch: -1 }],
    ['an epoch that leaves no room for a later one', { epoch: 8.64e15 - 1e6 }],
    ['an empty access token', { accessToken: '' }],
    ['an access token that is no string', { accessToken: 7 }],
  ] as const) {
    it(`is unreadable with ${what}`, () => {
      expect(readRecord({ ...liveRecord(session(), clock), ...change }, clock)).toEqual({ kind: 'unreadable' });
    });
  }

  it('accepts the limits of its fields', () => {
    expect(read({ receivedAt: 0, expiresAt: 0 })).toBeDefined();
    expect(read({ expiresAt: 8.64e15 })).toBeDefined();
    expect(read({ generation: 0 })).toBeDefined();
    expect(read({ epoch: 0 })).toBeDefined();
    expect(read({ epoch: 8.64e15 - 1e6 - 1 })).toBeDefined();
  });

  it('is distinguished from a missing value, from other values and from records of later versions', () => {
    for (const value of [undefined, null]) expect(readRecord(value, clock)).toEqual({ kind: 'absent' });
    for (const value of ['text', 7, [], [liveRecord(session(), clock)], {}, { version: 1 }, { version: '1', epoch: 5 }])
      expect(readRecord(value, clock)).toEqual({ kind: 'unreadable' });
    expect(readRecord({ version: 2, epoch: 5 }, clock)).toEqual({ kind: 'newer' });
  });

  it('does not extend a lifetime that was written with a clock ahead of this one', () => {
    const record = liveRecord(session(), clock);
    const ahead = { ...record, receivedAt: wall + 3_600_000, expiresAt: wall + 3_660_000 };
    const { session: live } = readRecord(ahead, clock);
    expect((live as LiveSession).tokens).toEqual(
      jasmine.objectContaining({ receivedAt: wall, expiresAt: wall + 60_000 }),
    );
  });

  it('of an ended session keeps every known reason, and reads an unknown one as a logout elsewhere', () => {
    for (const ended of [...(Object.keys(endReasons) as (keyof typeof endReasons)[])]) {
      expect(readRecord(endedRecord({ epoch: 5, ended }), clock).session).toEqual({ epoch: 5, ended });
    }
    expect(readRecord({ version: 1, epoch: 5, ended: 'of a later version' }, clock).session).toEqual({
      epoch: 5,
      ended: 'other_tab',
    });
    expect(readRecord({ version: 1, epoch: 5, ended: '' }, clock)).toEqual({ kind: 'unreadable' });
    expect(readRecord({ version: 1, epoch: -1, ended: 'idle' }, clock)).toEqual({ kind: 'unreadable' });
  });

  it('counts if it is later', () => {
    const later = { epoch: 5, ended: 'requested' } as const;
    expect(laterThan(session(), { kind: 'session', session: later })).toBe(later);
    expect(laterThan(session(), { kind: 'session', session: session() })).toBeUndefined();
    expect(laterThan(session(), { kind: 'absent' })).toBeUndefined();
  });
});

describe('the reasons for the end of a session', () => {
  it('say who ended it, whether it ran out, and whether the user may continue', () => {
    const traits = Object.entries(endReasons).map(([reason, { byUser, byServer, isExpiry, canResume }]) => {
      const names = Object.entries({ byUser, byServer, isExpiry, canResume }).filter(([, applies]) => applies);
      return [reason, names.map(([name]) => name).join(' ')];
    });
    expect(Object.fromEntries(traits)).toEqual({
      none: '',
      requested: 'byUser',
      other_tab: 'byUser',
      refused: 'byServer isExpiry canResume',
      unclear: 'byServer isExpiry canResume',
      expired: 'isExpiry canResume',
      storage_cleared: '',
      subject_mismatch: 'byServer isExpiry',
      provider: 'byUser byServer',
      idle: 'isExpiry',
      newer_version: '',
    });
  });
});
