import type { HistoryEvent } from './session-history.js';

export type Lane = 'token' | 'refresh' | 'request' | 'hold';

export type Shape =
  | 'token'
  | 'token-odd'
  | 'refreshed'
  | 'elsewhere'
  | 'postponed'
  | 'refused'
  | 'running'
  | 'answered'
  | 'unanswered'
  | 'rejected'
  | 'replayed'
  | 'hold'
  | 'outage'
  | 'sign';

/** Something to draw. Instants are epoch ms. */
export interface Mark {
  readonly lane: Lane | 'all';
  readonly shape: Shape;
  readonly from: number;
  /** Where a bar ends; absent for what has no length, `now` for what still lasts. */
  readonly to?: number | 'now';
  /** How many of the same kind fall together here. */
  readonly count: number;
}

/** Events of one kind this close to each other become one mark. */
const togetherMs = 700;

export function timelineMarks(events: readonly HistoryEvent[]): Mark[] {
  const marks: Mark[] = [];
  const latest = new Map<Shape, { readonly index: number; readonly at: number }>();
  for (const mark of events.flatMap(marksOf)) {
    const { index = marks.length, at = Number.NEGATIVE_INFINITY } = latest.get(mark.shape) ?? {};
    const near = marks[index];
    const joins = near !== undefined && gathers(mark.shape) && mark.from - at < togetherMs;
    if (joins) marks[index] = { ...near, count: near.count + 1, ...later(near, mark) };
    latest.set(mark.shape, { index: joins ? index : marks.push(mark) - 1, at: mark.from });
  }
  return marks;
}

function gathers(shape: Shape): boolean {
  return shape !== 'token' && shape !== 'token-odd' && shape !== 'outage' && shape !== 'running';
}

function later({ to: one }: Mark, { to: other }: Mark): Pick<Mark, 'to'> {
  if (one === undefined || other === undefined) return {};
  return { to: one === 'now' || other === 'now' ? 'now' : Math.max(one, other) };
}

/** None for a request that is still under way. */
function marksOf(event: HistoryEvent): Mark[] {
  const { at: from } = event;
  const mark = (lane: Mark['lane'], shape: Shape, more: Partial<Mark> = {}): Mark[] => [
    { lane, shape, from, count: 1, ...more },
  ];
  switch (event.kind) {
    case 'token': {
      const to = Math.min(event.until ?? event.expiresAt, event.expiresAt);
      return mark('token', event.generation % 2 === 0 ? 'token' : 'token-odd', { to });
    }
    case 'refresh':
      if (event.outcome === undefined) return mark('refresh', 'running', { to: 'now' });
      return mark('refresh', event.outcome === 'discarded' ? 'postponed' : event.outcome);
    case 'request':
      if (event.until === undefined) return [];
      return mark('request', event.status === 0 ? 'unanswered' : 'answered', { from: event.until });
    case 'hold':
      return mark('hold', 'hold', { to: event.until ?? 'now' });
    case 'rejected':
    case 'replayed':
      return mark('request', event.kind);
    case 'outage':
      return mark('all', 'outage', { to: event.until });
    case 'signed-in':
    case 'signed-out':
      return mark('all', 'sign');
  }
}
