import { AuthError, type SessionEvent, type SessionState, type TokenSet } from '../../src/core.js';
import { nextState, unknownState } from '../../src/session/session-state.js';

const tokens: TokenSet = {
  accessToken: 'held',
  tokenType: 'Bearer',
  refreshToken: 'held',
  idToken: undefined,
  scope: undefined,
  receivedAt: 0,
  expiresAt: 60_000,
  claims: undefined,
  idClaims: undefined,
  response: {},
};
const held = { epoch: 5, generation: 3, tokens };
const other = { epoch: 5, generation: 2 };
const error = new AuthError('refresh_postponed', 'for the table');
const postponement = { since: 0, failedAt: 0, retryAt: 1, attempts: 1, byServer: false, error };

const states: readonly SessionState[] = [
  unknownState,
  { status: 'logged-out', epoch: 5, ended: 'idle' },
  { status: 'logged-in', ...held, expiredOnArrival: 0 },
  { status: 'refreshing', ...held, expiredOnArrival: 0 },
];

const events: readonly (readonly [event: SessionEvent, of: string])[] = [
  [{ type: 'restored', session: held }, 'a stored session'],
  [{ type: 'restored', session: undefined }, 'nothing'],
  [{ type: 'adopted', session: { ...held, epoch: 6, generation: 0 } }, "another tab's login"],
  [{ type: 'adopted', session: { ...held, generation: 4 } }, "another tab's refresh"],
  [{ type: 'adopted', session: { epoch: 5, ended: 'requested' } }, "another tab's logout"],
  [{ type: 'adopted', session: { ...held, epoch: 4, generation: 9 } }, 'an earlier login'],
  [{ type: 'logged-in', session: { ...held, epoch: 6, generation: 0 } }, ''],
  [{ type: 'refresh-started' }, ''],
  [{ type: 'refreshed', of: held, tokens }, 'this version'],
  [{ type: 'refreshed', of: other, tokens }, 'another version'],
  [{ type: 'refresh-postponed', of: held, postponement }, 'this version'],
  [{ type: 'refresh-postponed', of: other, postponement }, 'another version'],
  [{ type: 'refresh-failed', of: held, reason: 'refused', error }, 'this version'],
  [{ type: 'refresh-failed', of: other, reason: 'refused', error }, 'another version'],
  [{ type: 'logged-out', reason: 'requested' }, ''],
];

/** What {@link nextState} makes of every event in every state. */
export function stateTable(): string {
  const columns = states.map(({ status }) => `\`${status}\``);
  const rows = events.map(([event, of]) => [`\`${event.type}\``, of, ...states.map(state => outcome(state, event))]);
  return [['event', 'of', ...columns], columns.concat('', '').map(() => '---'), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function outcome(state: SessionState, event: SessionEvent): string {
  const next = nextState(state, event);
  if (next === state) return '·';
  if (next.status === 'logged-out') return `out: \`${next.ended}\``;
  if (next.status !== 'logged-in') return next.status;
  return next.degraded ? 'in, degraded' : 'in';
}
