import type { HistoryEvent } from './session-history.js';

/** A row of the timeline. */
export type Lane = 'token' | 'refresh' | 'request' | 'rejection' | 'wait';

export type Shape =
  | 'token'
  | 'token-odd'
  | 'refreshed'
  | 'elsewhere'
  | 'postponed'
  | 'refused'
  | 'running'
  | 'responded'
  | 'failed'
  | 'rejected'
  | 'replayed'
  | 'wait'
  | 'outage'
  | 'sign';

/** A mark of the timeline. Instants are epoch ms. */
export interface Mark {
  readonly lane: Lane | 'all';
  readonly shape: Shape;
  readonly from: number;
  /** End of a bar. Undefined for a mark without length, `now` for a bar that grows. */
  readonly to?: number | 'now';
  /** Number of events that the mark stands for. */
  readonly count: number;
}

/** Events of one kind within this time become one mark. */
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

/** Returns no mark for a request that has no response yet. */
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
      return mark('request', event.status === 0 ? 'failed' : 'responded', { from: event.until });
    case 'wait':
      return mark('wait', 'wait', { to: event.until ?? 'now' });
    case 'rejected':
    case 'replayed':
      return mark('rejection', event.kind);
    case 'outage':
      return mark('all', 'outage', { to: event.until ?? 'now' });
    case 'signed-in':
    case 'signed-out':
      return mark('all', 'sign');
  }
}
