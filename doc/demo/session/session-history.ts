import type { BearerActivity, Session, SessionChange, SessionState } from 'aurelia-auth-refresh/core';

/** What has happened, for the timeline. Instants are epoch ms on the session's clock; no `until`: it still lasts. */
export type HistoryEvent =
  | {
      readonly kind: 'token';
      readonly at: number;
      readonly expiresAt: number;
      readonly generation: number;
      until?: number;
    }
  | { readonly kind: 'request'; readonly at: number; readonly what: string; until?: number; status?: number }
  | { readonly kind: 'refresh'; readonly at: number; until?: number; outcome?: RefreshOutcome }
  | { readonly kind: 'hold'; readonly at: number; readonly url: string; until?: number }
  | { readonly kind: 'rejected' | 'replayed'; readonly at: number }
  | { readonly kind: 'outage'; readonly at: number; readonly until: number }
  | { readonly kind: 'signed-in' | 'signed-out'; readonly at: number };

/** `elsewhere`: another tab did it. */
export type RefreshOutcome = 'refreshed' | 'elsewhere' | 'postponed' | 'refused' | 'discarded';

type Lasting = Extract<HistoryEvent, { kind: 'token' | 'request' | 'refresh' | 'hold' }>;
type EventOf<Kind extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: Kind }>;

/** Counted since the page was loaded. */
export interface Totals {
  answered: number;
  held: number;
  replayed: number;
  /** 401s that reached the application. */
  unauthorized: number;
}

const keptMs = 125_000;

/** Remembers the last two minutes of a session and of the requests made in it. */
export class SessionHistory {
  readonly events: HistoryEvent[] = [];
  readonly totals: Totals = { answered: 0, held: 0, replayed: 0, unauthorized: 0 };
  /** Changes whenever `events` does. */
  version = 0;

  private session: Session | undefined;

  follow(session: Session): void {
    this.session = session;
    this.noteToken(session.state);
    session.subscribe(change => this.noteChange(change));
  }

  /** Of the bearer: what happened to a request before and after it was sent. */
  readonly noteActivity = ({ type, at, url }: BearerActivity): void => {
    if (!isShown(url)) return;
    if (type === 'waiting') {
      this.totals.held += 1;
      this.add({ kind: 'hold', at, url });
    } else if (type === 'resumed') {
      this.end(
        this.open('hold', event => event.url === url),
        at,
      );
    } else if (type === 'rejected' || type === 'replayed') {
      if (type === 'replayed') this.totals.replayed += 1;
      this.add({ kind: type, at });
    }
  };

  noteOutage(durationMs: number): void {
    const at = this.now();
    this.add({ kind: 'outage', at, until: at + durationMs });
  }

  /** Drops what is older than the timeline shows. */
  forgetOld(now: number): void {
    const isOver = (event: HistoryEvent) => ('until' in event ? (event.until ?? now) : event.at) < now - keptMs;
    while (this.events[0] && isOver(this.events[0])) this.events.shift();
  }

  private now(): number {
    return this.session?.now() ?? Date.now();
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

  // --- the session ---

  private noteChange({ event, state, previous }: SessionChange): void {
    const at = this.now();
    if (event.type === 'refresh-started') this.add({ kind: 'refresh', at });
    if (previous.status === 'refreshing' && state.status !== 'refreshing') this.endRefresh(outcomeOf(event.type), at);
    else if (event.type === 'adopted' && isLive(previous) && isLive(state)) {
      this.add({ kind: 'refresh', at, until: at, outcome: 'elsewhere' });
    }
    if (tokensOf(state) !== tokensOf(previous)) {
      this.end(this.open('token'), at);
      this.noteToken(state);
    }
    if (isLive(state) !== isLive(previous)) this.add({ kind: isLive(state) ? 'signed-in' : 'signed-out', at });
  }

  private endRefresh(outcome: RefreshOutcome, at: number): void {
    const refresh = this.open('refresh');
    if (refresh) refresh.outcome = outcome;
    this.end(refresh, at);
  }

  private noteToken(state: SessionState): void {
    if (!('tokens' in state) || state.tokens.expiresAt === undefined) return;
    const { receivedAt, expiresAt } = state.tokens;
    this.add({ kind: 'token', at: receivedAt, expiresAt, generation: state.generation });
  }

  // --- the requests ---

  /** Records a request of the application, and when its response arrived or it failed. */
  async track(method: string, path: string, answer: Promise<Response>): Promise<Response> {
    const request: EventOf<'request'> = { kind: 'request', at: this.now(), what: `${method} ${path}` };
    this.add(request);
    try {
      const response = await answer;
      this.settle(request, response.status);
      return response;
    } catch (error) {
      this.settle(request, error instanceof Response ? error.status : 0);
      if (!(error instanceof Response))
        this.end(
          this.open('hold', ({ url }) => pathOf(url) === path),
          this.now(),
        );
      throw error;
    }
  }

  private settle(request: EventOf<'request'>, status: number): void {
    request.status = status;
    this.end(request, this.now());
    if (status !== 0) this.totals.answered += 1;
    if (status === 401) this.totals.unauthorized += 1;
  }
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

function isLive(state: SessionState): boolean {
  return 'tokens' in state;
}

function tokensOf(state: SessionState): unknown {
  return 'tokens' in state ? state.tokens : undefined;
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** The scenarios' own requests would only distract. */
function isShown(url: string): boolean {
  return !pathOf(url).startsWith('/demo/');
}
