import type { Bearer, BearerActivity, EndReason, Session, SessionChange, SessionState } from '../core.js';

/** An event of the session or of a request. Instants are epoch ms on the session's clock. Without `until`, it continues. */
export type HistoryEvent =
  | {
      readonly kind: 'token';
      readonly at: number;
      readonly expiresAt: number;
      readonly generation: number;
      until?: number;
    }
  | {
      readonly kind: 'request';
      readonly at: number;
      readonly method: string;
      readonly url: string;
      until?: number;
      /** 0 without a response. */
      status?: number;
    }
  | { readonly kind: 'refresh'; readonly at: number; until?: number; outcome?: RefreshOutcome }
  | { readonly kind: 'wait'; readonly at: number; readonly url: string; until?: number }
  | { readonly kind: 'rejected' | 'replayed'; readonly at: number }
  | { readonly kind: 'outage'; readonly at: number; until?: number }
  | { readonly kind: 'signed-in'; readonly at: number }
  | { readonly kind: 'signed-out'; readonly at: number; readonly reason: EndReason };

/** `elsewhere`: another tab refreshed. */
export type RefreshOutcome = 'refreshed' | 'elsewhere' | 'postponed' | 'refused' | 'discarded';

type Lasting = Extract<HistoryEvent, { kind: 'token' | 'request' | 'refresh' | 'wait' }>;
type EventOf<Kind extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: Kind }>;

/** Numbers since the session was set. */
export interface Totals {
  refreshes: number;
  responses: number;
  waits: number;
  replays: number;
  /** 401 responses that reached the app. */
  unauthorized: number;
}

const keptMs = 125_000;

/** Records the last two minutes of a session and of its requests. */
export class SessionHistory {
  events: HistoryEvent[] = [];
  readonly totals: Totals = { refreshes: 0, responses: 0, waits: 0, replays: 0, unauthorized: 0 };
  /** Changes whenever `events` does. */
  version = 0;

  constructor(private readonly session: Session) {
    this.noteToken(session.state);
  }

  /** Records until the returned function is called. The end of a request in progress is then unknown, so it is forgotten. */
  follow(bearer: Bearer | undefined): () => void {
    const stops = [
      this.session.subscribe(change => this.noteChange(change)),
      bearer?.subscribe(activity => this.noteActivity(activity)),
    ];
    return () => {
      for (const stop of stops) stop?.();
      this.keep(event => (event.kind !== 'request' && event.kind !== 'wait') || event.until !== undefined);
    };
  }

  /** @param until undefined if its end is unknown */
  noteOutage(at: number, until?: number): void {
    this.add({ kind: 'outage', at, ...(until !== undefined && { until }) });
  }

  endOutage(at: number): void {
    const outage = this.events.find(event => event.kind === 'outage' && event.until === undefined);
    if (outage?.kind === 'outage') outage.until = at;
    this.version += 1;
  }

  /** Removes the events before the start of the timeline. */
  forgetOld(now: number): void {
    this.keep(event => endOf(event, now) >= now - keptMs);
  }

  private keep(isKept: (event: HistoryEvent) => boolean): void {
    const kept = this.events.filter(isKept);
    if (kept.length < this.events.length) this.events = kept;
  }

  private add(event: HistoryEvent): void {
    this.events.push(event);
    this.version += 1;
  }

  private end(event: Lasting | undefined, at: number): void {
    if (!event) return;
    event.until = at;
    this.version += 1;
  }

  private open<Kind extends Lasting['kind']>(
    kind: Kind,
    matches: (event: EventOf<Kind>) => boolean = () => true,
  ): EventOf<Kind> | undefined {
    return this.events.find(
      (event): event is EventOf<Kind> => event.kind === kind && !('until' in event) && matches(event as EventOf<Kind>),
    );
  }

  // --- requests ---

  private noteActivity({ type, at, url, method, status = 0 }: BearerActivity): void {
    if (type === 'sent' || type === 'waiting') this.add({ kind: 'request', at, method, url });
    if (type === 'waiting' || (type === 'parked' && !this.open('wait', isTo(url)))) this.noteWait(at, url);
    if (type === 'resumed' || type === 'replayed') this.end(this.open('wait', isTo(url)), at);
    if (type === 'replayed') this.totals.replays += 1;
    if (type === 'rejected' || type === 'replayed') this.add({ kind: type, at });
    if (type === 'responded' || type === 'failed') this.settle(at, url, status);
  }

  private noteWait(at: number, url: string): void {
    this.totals.waits += 1;
    this.add({ kind: 'wait', at, url });
  }

  private settle(at: number, url: string, status: number): void {
    const request = this.open('request', isTo(url));
    if (request) request.status = status;
    this.end(request, at);
    if (status === 0) this.end(this.open('wait', isTo(url)), at);
    else this.totals.responses += 1;
    if (status === 401) this.totals.unauthorized += 1;
  }

  // --- the session ---

  private noteChange({ event, state, previous }: SessionChange): void {
    const at = this.session.now();
    if (event.type === 'refresh-started') this.add({ kind: 'refresh', at });
    if (previous.status === 'refreshing' && state.status !== 'refreshing') this.endRefresh(outcomeOf(event.type), at);
    else if (event.type === 'adopted' && tokensOf(previous) && tokensOf(state)) {
      this.add({ kind: 'refresh', at, until: at, outcome: 'elsewhere' });
      this.totals.refreshes += 1;
    }
    if (tokensOf(state) !== tokensOf(previous)) {
      this.end(this.open('token'), at);
      this.noteToken(state);
    }
    if (tokensOf(state) && !tokensOf(previous)) this.add({ kind: 'signed-in', at });
    if (state.status === 'logged-out' && tokensOf(previous)) this.add({ kind: 'signed-out', at, reason: state.ended });
  }

  private endRefresh(outcome: RefreshOutcome, at: number): void {
    const refresh = this.open('refresh');
    if (refresh) refresh.outcome = outcome;
    if (outcome === 'refreshed' || outcome === 'elsewhere') this.totals.refreshes += 1;
    this.end(refresh, at);
  }

  private noteToken(state: SessionState): void {
    if (!('tokens' in state) || state.tokens.expiresAt === undefined) return;
    const { receivedAt, expiresAt } = state.tokens;
    this.add({ kind: 'token', at: receivedAt, expiresAt, generation: state.generation });
  }
}

/** A token, a refresh, a wait or an outage without an end continues. A request without an end is the start of one. */
function endOf(event: HistoryEvent, now: number): number {
  if ('until' in event && event.until !== undefined) return event.until;
  const continues =
    event.kind === 'token' || event.kind === 'refresh' || event.kind === 'wait' || event.kind === 'outage';
  return continues ? now : event.at;
}

function outcomeOf(type: SessionChange['event']['type']): RefreshOutcome {
  switch (type) {
    case 'refreshed':
      return 'refreshed';
    case 'adopted':
      return 'elsewhere';
    case 'refresh-postponed':
      return 'postponed';
    case 'refresh-failed':
      return 'refused';
    default:
      return 'discarded';
  }
}

function tokensOf(state: SessionState): unknown {
  return 'tokens' in state ? state.tokens : undefined;
}

function isTo(url: string): (event: { readonly url: string }) => boolean {
  return event => event.url === url;
}
