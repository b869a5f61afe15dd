import fc from 'fast-check';
import { refreshMarginMs, retryAfterMs, retryDelay } from '../../src/session/refresh-schedule.js';
import type { TokenSet } from '../../src/session/token-set.js';

describe('Retry-After', () => {
  it('[F07] is limited to five minutes, or undefined', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map(date => date.toUTCString()),
      fc.stringMatching(/^\d{1,30}$/),
    );
    fc.assert(
      fc.property(value, fc.double({ min: 0, max: 4e12, noNaN: true }), (said, now) => {
        const delay = retryAfterMs(said, now);
        expect(delay === undefined || (delay >= 0 && delay <= 300_000)).toBeTrue();
        if (/^\d+$/.test(said)) expect(delay).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('[F07] is undefined if it is neither a number of seconds nor a date', () => {
    for (const said of [null, '', ' ', 'soon', '-5', '1.5', '5s', 'May 5', '0x10', '1e3', 'Infinity']) {
      expect(retryAfterMs(said, 0)).withContext(String(said)).toBeUndefined();
    }
    expect(retryAfterMs(' 7 ', 0)).toBe(7000);
  });
});

describe('the delay after a failed refresh', () => {
  it('[C-40] is a quarter of a second to a minute, or up to five minutes as the server requests', () => {
    const attempt = fc.record({
      attempts: fc.integer({ min: 1, max: 1000 }),
      sinceFirstMs: fc.nat(1e9),
      retryAfterMs: fc.option(fc.nat(1e9), { nil: undefined }),
      offline: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999999, noNaN: true }),
    });
    fc.assert(
      fc.property(attempt, failed => {
        const delay = retryDelay(failed);
        expect(delay).toBeGreaterThanOrEqual(250);
        expect(delay).toBeLessThanOrEqual(Math.max(60_000, Math.min(failed.retryAfterMs ?? 0, 300_000)));
        if (!failed.offline) expect(delay).toBeGreaterThanOrEqual(Math.min(failed.retryAfterMs ?? 0, 300_000));
      }),
    );
  });

  it('[C-40] is no longer than the server requests, after any number of failures', () => {
    expect(retryDelay({ attempts: 8, sinceFirstMs: 60_000, retryAfterMs: 3000, random: 0.99 })).toBe(3000);
  });

  it('[C-39] of the third attempt lasts until ten seconds after the first', () => {
    const afterMs = (sinceFirstMs: number) => retryDelay({ attempts: 3, sinceFirstMs, random: 0 });
    expect([4000, 9000, 12_000].map(afterMs)).toEqual([6000, 1000, 250]);
  });

  it('[C-39] allows at most three attempts in the first ten seconds, for any random numbers', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })), dice => {
        let sinceFirstMs = 0;
        let attempts = 0;
        const at: number[] = [];
        while (sinceFirstMs < 10_000) {
          at.push(sinceFirstMs);
          attempts++;
          sinceFirstMs += retryDelay({ attempts, sinceFirstMs, random: dice.next().value as number });
        }
        expect(at.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('the margin before expiry', () => {
  it('[F41] [C-44] is a minute, or a tenth of a shorter lifetime', () => {
    const lasting = (lifetimeMs: number) => refreshMarginMs({ receivedAt: 0, expiresAt: lifetimeMs } as TokenSet);
    expect([0, 5000, 60_000, 600_000, 86_400_000, -5].map(lasting)).toEqual([0, 500, 6000, 60_000, 60_000, 0]);
  });

  it('needs no claims of a token that lives for ten seconds or longer, because decoding them delays the page', () => {
    const read = jasmine.createSpy('claims').and.returnValue({ exp: 1 });
    const margin = (expiresAt: number) =>
      refreshMarginMs(Object.defineProperty({ receivedAt: 0, expiresAt } as TokenSet, 'claims', { get: read }));
    expect([margin(10_000), margin(3_600_000)]).toEqual([1000, 60_000]);
    expect(read).not.toHaveBeenCalled();
    expect(margin(9_999)).toBe(1000);
  });
});
