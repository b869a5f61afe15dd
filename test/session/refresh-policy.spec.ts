import { AuthError, type LoggedIn, type Postponement, type RefreshFailure } from '../../src/core.js';
import {
  endsSession,
  nextAction,
  type RefreshTrigger,
  refreshAllowedAt,
  unclearResponses,
} from '../../src/session/refresh-policy.js';

const tokens: LoggedIn['tokens'] = {
  accessToken: 'a',
  tokenType: 'Bearer',
  refreshToken: 'r',
  idToken: undefined,
  scope: undefined,
  receivedAt: 0,
  expiresAt: 60_000,
  claims: undefined,
  idClaims: undefined,
  response: undefined,
};

const loggedIn: LoggedIn = { status: 'logged-in', epoch: 1, generation: 0, expiredOnArrival: 0, tokens };
const states = {
  'a login': loggedIn,
  'a refresh': { ...loggedIn, generation: 1 },
  'a token that arrived expired': { ...loggedIn, generation: 1, expiredOnArrival: 1 },
  'three tokens that arrived expired': { ...loggedIn, generation: 3, expiredOnArrival: 3 },
  'ten tokens that arrived expired': { ...loggedIn, generation: 10, expiredOnArrival: 10 },
} satisfies Record<string, LoggedIn>;

const failed: RefreshFailure = { since: 20_000, failedAt: 20_000, retryAt: 20_800, attempts: 1, byServer: false };
const failures = {
  'no failure': undefined,
  'the first failure': failed,
  'a later failure': { ...failed, failedAt: 40_000, retryAt: 90_000, attempts: 5 },
  'a later failure that is due': { ...failed, failedAt: 40_000, retryAt: 40_300, attempts: 5 },
  'a Retry-After': { ...failed, failedAt: 40_000, retryAt: 90_000, byServer: true },
} satisfies Record<string, RefreshFailure | undefined>;

/** When a refresh may be sent, in seconds; `now`: at once. `woken`: the page was woken at 45 s, after the failure. */
const table = `
after                             | failure                     | woken | timer | request | call
a login                           | no failure                  |       | now   | now     | now
a refresh                         | no failure                  |       | 1     | 1       | now
a token that arrived expired      | no failure                  |       | 1     | 1       | now
three tokens that arrived expired | no failure                  |       | 4     | 4       | now
ten tokens that arrived expired   | no failure                  |       | 60    | 60      | now
a login                           | the first failure           |       | 20.8  | 20.8    | 20.8
a login                           | a later failure             |       | 90    | 45      | 41
a login                           | a later failure that is due |       | 40.3  | 40.3    | 40.3
a login                           | a Retry-After               |       | 90    | 90      | 90
a refresh                         | a later failure             |       | 90    | 45      | 41
ten tokens that arrived expired   | a later failure             |       | 90    | 60      | 41
a login                           | the first failure           | woken | now   | now     | now
a refresh                         | a later failure             | woken | 1     | 1       | now
ten tokens that arrived expired   | a later failure             | woken | 60    | 60      | now
a login                           | a Retry-After               | woken | 90    | 90      | 90`;

const [header = [], ...rows] = table
  .trim()
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()));

describe('the refresh policy', () => {
  for (const [after = '', failure = '', woken, ...cells] of rows) {
    for (const [column, expected] of cells.entries()) {
      const trigger = header[column + 3] as RefreshTrigger;
      it(`[C-40] [C-49] allows a ${trigger} refresh after ${after}, ${failure}${woken ? ', woken since' : ''}: ${expected}`, () => {
        const state = states[after as keyof typeof states];
        const wokenAt = woken ? 45_000 : Number.NEGATIVE_INFINITY;
        const allowedAt = refreshAllowedAt(state, failures[failure as keyof typeof failures], trigger, wokenAt);
        expect(allowedAt).toBe(expected === 'now' ? Number.NEGATIVE_INFINITY : Number(expected) * 1000);
      });
    }
  }

  it('delays the retry of a refresh that failed at the instant of a wake-up', () => {
    expect(refreshAllowedAt(states['a login'], failed, 'timer', failed.failedAt)).toBe(failed.retryAt);
  });

  it('counts ten seconds from the first failure for a request', () => {
    const state = states['a login'];
    const second = { ...failed, failedAt: 22_000, retryAt: 80_000, attempts: 2 };
    expect(refreshAllowedAt(state, second, 'request', 0)).toBe(30_000);
  });
});

describe('the next action of a session', () => {
  const degraded: Postponement = { ...failed, error: new AuthError('refresh_postponed', 'failed') };
  const unknownExpiry = { ...loggedIn, tokens: { ...tokens, expiresAt: undefined } };

  for (const [what, state, canRefresh, expected] of [
    ['refreshes when the access token stops being fresh', loggedIn, true, { at: 54_000, action: 'refresh' }],
    ['ends when the access token expires', loggedIn, false, { at: 60_000, action: 'expire' }],
    ['retries, however fresh the access token is', { ...loggedIn, degraded }, true, { at: 20_800, action: 'refresh' }],
    ['does nothing while the expiry is unknown', unknownExpiry, true, undefined],
    ['retries while the expiry is unknown', { ...unknownExpiry, degraded }, true, { at: 20_800, action: 'refresh' }],
  ] as const) {
    it(what, () => {
      expect(nextAction(state, 54_000, canRefresh, Number.NEGATIVE_INFINITY)).toEqual(expected);
    });
  }
});

describe('unclear responses', () => {
  const unclear = (count: number, since: number, failedAt = since): RefreshFailure => ({
    ...failed,
    failedAt,
    unclear: { count, since },
  });

  it('are counted in a row, which another failure or a gap above 90 seconds ends', () => {
    expect(unclearResponses('unclear', undefined, 5)).toEqual({ count: 1, since: 5 });
    expect(unclearResponses('unclear', failed, 50_000)).toEqual({ count: 1, since: 50_000 });
    expect(unclearResponses('unclear', unclear(1, 10, 1000), 91_000)).toEqual({ count: 2, since: 10 });
    expect(unclearResponses('unclear', unclear(1, 10, 1000), 91_001)).toEqual({ count: 1, since: 91_001 });
    for (const other of ['refused', 'retryable'] as const) {
      expect(unclearResponses(other, unclear(2, 10), 1000)).toBeUndefined();
    }
  });

  it('end a session if there are three over at least 30 seconds', () => {
    expect(endsSession(undefined, 0)).toBeFalse();
    expect(endsSession({ count: 2, since: 0 }, 60_000)).toBeFalse();
    expect(endsSession({ count: 3, since: 0 }, 29_999)).toBeFalse();
    expect(endsSession({ count: 3, since: 0 }, 30_000)).toBeTrue();
    expect(endsSession({ count: 4, since: 0 }, 30_000)).toBeTrue();
  });
});
