import fc from 'fast-check';
import { AuthError, type SessionEvent, type SessionState } from '../../src/core.js';
import { isSameUser, nextState, supersedes, unknownState } from '../../src/session/session-state.js';
import type { TokenSet } from '../../src/session/token-set.js';

function tokens(name: string): TokenSet {
  return {
    accessToken: name,
    tokenType: 'Bearer',
    refreshToken: name,
    idToken: undefined,
    scope: undefined,
    receivedAt: 1000,
    expiresAt: 2000,
    claims: { sub: name },
    idClaims: undefined,
    response: {},
  };
}

const held = { epoch: 5, generation: 3, tokens: tokens('held') };
const error = new AuthError('refresh_postponed', 'no');
const postponement = { since: 1, failedAt: 1, retryAt: 2, attempts: 1, byServer: false, error };

const states = {
  unknown: unknownState,
  'logged-out': { status: 'logged-out', epoch: 5, ended: 'requested' },
  'logged-in': { status: 'logged-in', ...held, expiredOnArrival: 0 },
  refreshing: { status: 'refreshing', ...held, expiredOnArrival: 0 },
} satisfies Record<string, SessionState>;

const events = {
  'restored session': { type: 'restored', session: held },
  'restored nothing': { type: 'restored', session: undefined },
  'adopted later epoch': { type: 'adopted', session: { ...held, epoch: 6, generation: 0 } },
  'adopted later generation': { type: 'adopted', session: { ...held, generation: 4 } },
  'adopted same version': { type: 'adopted', session: { ...held } },
  'adopted earlier': { type: 'adopted', session: { ...held, epoch: 4, generation: 9 } },
  'adopted end': { type: 'adopted', session: { epoch: 5, ended: 'requested' } },
  'adopted earlier end': { type: 'adopted', session: { epoch: 4, ended: 'requested' } },
  'logged-in': { type: 'logged-in', session: { ...held, epoch: 6, generation: 0 } },
  'refresh-started': { type: 'refresh-started' },
  refreshed: { type: 'refreshed', of: { epoch: 5, generation: 3 }, tokens: tokens('new') },
  'refreshed of another': { type: 'refreshed', of: { epoch: 5, generation: 2 }, tokens: tokens('new') },
  'refreshed of earlier login': { type: 'refreshed', of: { epoch: 4, generation: 3 }, tokens: tokens('new') },
  'refresh-postponed': { type: 'refresh-postponed', of: { epoch: 5, generation: 3 }, postponement },
  'refresh-postponed of another': { type: 'refresh-postponed', of: { epoch: 5, generation: 2 }, postponement },
  'refresh-failed': { type: 'refresh-failed', of: { epoch: 5, generation: 3 }, reason: 'refused', error },
  'refresh-failed of another': { type: 'refresh-failed', of: { epoch: 6, generation: 3 }, reason: 'refused', error },
  'logged-out': { type: 'logged-out', reason: 'idle' },
} satisfies Record<string, SessionEvent>;

/**
 * `·`: the same object is returned. `in 5.4`: signed in, epoch 5, generation 4. `out 5 idle`: ended with that reason.
 */
const table = `
event                        | unknown        | logged-out    | logged-in          | refreshing
restored session             | in 5.3         | ·             | ·                  | ·
restored nothing             | out 0 none     | ·             | ·                  | ·
adopted later epoch          | in 6.0         | in 6.0        | in 6.0             | in 6.0
adopted later generation     | in 5.4         | ·             | in 5.4             | in 5.4
adopted same version         | in 5.3         | ·             | ·                  | ·
adopted earlier              | in 4.9         | ·             | ·                  | ·
adopted end                  | out 5 other_tab| ·             | out 5 other_tab    | out 5 other_tab
adopted earlier end          | out 4 other_tab| ·             | ·                  | ·
logged-in                    | in 6.0         | in 6.0        | in 6.0             | in 6.0
refresh-started              | ·              | ·             | refreshing 5.3     | ·
refreshed                    | ·              | ·             | ·                  | in 5.4
refreshed of another         | ·              | ·             | ·                  | ·
refreshed of earlier login   | ·              | ·             | ·                  | ·
refresh-postponed            | ·              | ·             | ·                  | in 5.3 degraded
refresh-postponed of another | ·              | ·             | ·                  | ·
refresh-failed              | ·              | ·             | ·                  | out 5 refused
refresh-failed of another   | ·              | ·             | ·                  | ·
logged-out                   | out 0 idle     | ·             | out 5 idle         | out 5 idle`;

const [header = [], ...rows] = table
  .trim()
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()));

function shown(state: SessionState): string {
  if (state.status === 'unknown') return 'unknown';
  if (state.status === 'logged-out') return `out ${state.epoch} ${state.ended}`;
  const status = state.status === 'logged-in' ? 'in' : state.status;
  return `${status} ${state.epoch}.${state.generation}${state.degraded ? ' degraded' : ''}`;
}

describe('the session machine', () => {
  it('has a row for every event and a column for every state', () => {
    expect(header.slice(1)).toEqual(Object.keys(states));
    expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
    const types = new Set(Object.values(events).map(({ type }) => type));
    expect(types.size).toBe(8);
  });

  for (const [event = '', ...cells] of rows) {
    for (const [column, expected] of cells.entries()) {
      const state = Object.values(states)[column] as SessionState;
      it(`[F57] ${event} in ${state.status}: ${expected}`, () => {
        const next = nextState(state, events[event as keyof typeof events]);
        if (expected === '·') expect(next).toBe(state);
        else expect(shown(next)).toBe(expected ?? '');
      });
    }
  }

  it('ends for good when the user signs out instead of signing in again', () => {
    const ended = { ...states['logged-out'], ended: 'refused' } as const;
    expect(shown(nextState(ended, { type: 'logged-out', reason: 'requested' }))).toBe('out 5 requested');
    expect(nextState(ended, { type: 'logged-out', reason: 'storage_cleared' })).toBe(ended);
  });

  it('counts consecutive tokens that were expired on arrival, and resets with the first valid one', () => {
    const dead = { ...tokens('dead'), expiresAt: 1000 };
    const of = { epoch: 5, generation: 3 };
    const once = nextState(states.refreshing, { type: 'refreshed', of, tokens: dead });
    expect(once).toEqual(jasmine.objectContaining({ expiredOnArrival: 1 }));
    const again = nextState(nextState(once, { type: 'refresh-started' }), {
      type: 'refreshed',
      of: { epoch: 5, generation: 4 },
      tokens: tokens('alive'),
    });
    expect(again).toEqual(jasmine.objectContaining({ expiredOnArrival: 0, generation: 5 }));
  });

  it('counts tokens that were expired on arrival in another tab too, in one login', () => {
    const before = { ...states['logged-in'], expiredOnArrival: 2 };
    const counted = (epoch: number) => {
      const dead = { epoch, generation: 9, tokens: { ...tokens('dead'), expiresAt: 1000 } };
      return nextState(before, { type: 'adopted', session: dead });
    };
    expect(counted(5)).toEqual(jasmine.objectContaining({ epoch: 5, expiredOnArrival: 3 }));
    expect(counted(6)).toEqual(jasmine.objectContaining({ epoch: 6, expiredOnArrival: 1 }));
    const session = { ...held, tokens: { ...tokens('dead'), expiresAt: 1000 } };
    expect(nextState(unknownState, { type: 'restored', session })).toEqual(
      jasmine.objectContaining({ expiredOnArrival: 1 }),
    );
  });

  it('ends at the same version for any order of arrival', () => {
    const version = fc.oneof(
      fc.record({ epoch: fc.nat(3), generation: fc.nat(3), tokens: fc.constant(tokens('any')) }),
      fc.record({ epoch: fc.nat(3), ended: fc.constant('requested' as const) }),
    );
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), fc.infiniteStream(fc.nat()), (versions, chance) => {
        const arrive = (all: typeof versions) =>
          all.reduce<SessionState>((state, session) => nextState(state, { type: 'adopted', session }), unknownState);
        const shuffled = versions
          .map(session => ({ session, at: chance.next().value as number }))
          .sort((one, other) => one.at - other.at)
          .map(({ session }) => session);
        expect(shown(arrive(shuffled))).toBe(shown(arrive(versions)));
      }),
    );
  });

  it('advances only: no event except a login leads to an earlier version', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.values(events)), { maxLength: 30 }), happened => {
        let state: SessionState = unknownState;
        for (const event of happened) {
          const next = nextState(state, event);
          const moved =
            'epoch' in state && 'epoch' in next && shown(next) !== shown(state) && event.type !== 'logged-in';
          const sameVersion = event.type === 'refresh-started' || event.type === 'refresh-postponed';
          if (moved && !sameVersion) expect(supersedes(next as typeof held, state)).toBeTrue();
          state = next;
        }
      }),
    );
  });

  it('identifies a user by the login, or by the subject of a later one', () => {
    expect(isSameUser(held, { ...held, generation: 9, tokens: tokens('renamed') })).toBeTrue();
    expect(isSameUser(held, { ...held, epoch: 6 })).toBeTrue();
    expect(isSameUser(held, { ...held, epoch: 6, tokens: tokens('other') })).toBeFalse();
    const at = (iss: string) => ({ ...held.tokens, idClaims: { iss, sub: '1' } });
    const here = { ...held, tokens: at('https://one.example') };
    expect(isSameUser(here, { ...here, epoch: 6 })).toBeTrue();
    expect(isSameUser(here, { ...here, epoch: 6, tokens: at('https://another.example') })).toBeFalse();
    const nameless = { ...held, tokens: { ...held.tokens, claims: undefined } };
    expect(isSameUser(nameless, { ...nameless, epoch: 6 })).toBeFalse();
  });
});
