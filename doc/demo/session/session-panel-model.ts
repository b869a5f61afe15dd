import type { Session } from 'aurelia-auth-refresh/core';
import type { SessionHistory } from './session-history.js';
import { eventInWords, historyInWords, type Summary, summary, timeOfDay } from './session-words.js';
import { TimelineChart } from './timeline-chart.js';

const outageSeconds = 20;
const burstSize = 100;
/** A refresh on one machine takes no time; its announcement stays long enough to be seen. */
const shortestAnnouncementMs = 700;

interface TextEvent {
  readonly time: string;
  readonly text: string;
}

/** The `AuthService` of Aurelia 1 or 2. */
interface PanelAuth {
  readonly session: Session;
  updateToken(): Promise<unknown>;
  logout(): Promise<unknown>;
}

/** Requests that disturb the session. */
interface PanelScenarios {
  takeDown(seconds: number): Promise<number>;
  outage(): Promise<number>;
  revokeSession(): Promise<void>;
  revokeAccessToken(): Promise<void>;
  burst(count: number): Promise<{ readonly answered: number; readonly failed: number }>;
}

/** The view-model of the panel in both demos: the session, its token, its history, and scenarios that disturb it. */
export class SessionPanelModel {
  status: Summary = { tone: 'quiet', title: 'Starting', detail: '' };
  isSignedIn = false;
  refreshes = 0;
  secondsLeft = '';
  issued = '';
  outageLeft = 0;
  outcome = '';
  timelineSummary = '';
  textEvents: readonly TextEvent[] = [];
  isTextShown = false;

  // Set by the view.
  bar!: HTMLElement;
  timeline!: SVGSVGElement;

  private chart: TimelineChart | undefined;
  private announcedUntil = 0;
  private outageUntil = 0;
  private describedVersion = -1;
  private frame = 0;
  private stopListening = (): void => undefined;
  private readonly prefersStillness = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(
    private readonly authService: PanelAuth,
    readonly history: SessionHistory,
    private readonly scenarios: PanelScenarios,
    private readonly api: { list(): Promise<unknown> },
  ) {
    history.follow(authService.session);
  }

  attached(): void {
    this.chart = new TimelineChart(this.timeline);
    this.scenarios.outage().then(
      ms => this.outageKnown(ms),
      () => undefined,
    );
    this.stopListening = this.authService.session.subscribe(({ event }) => {
      if (event.type === 'refresh-started')
        this.announcedUntil = this.authService.session.now() + shortestAnnouncementMs;
    });
    this.tick();
  }

  detached(): void {
    this.stopListening();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.frame);
  }

  // --- the scenarios ---

  updateToken(): Promise<void> {
    return this.pull(async () => {
      await this.authService.updateToken();
      return 'Refreshed early.';
    });
  }

  burst(): Promise<void> {
    return this.pull(async () => {
      const before = this.history.totals.unauthorized;
      const { answered, failed } = await this.scenarios.burst(burstSize);
      const unauthorized = this.history.totals.unauthorized - before;
      return `${answered} of ${burstSize} succeeded, ${unauthorized} with a 401${failed ? `, ${failed} failed` : ''}.`;
    });
  }

  revokeAccessToken(): Promise<void> {
    return this.pull(async () => {
      await this.scenarios.revokeAccessToken();
      await this.api.list();
      return 'The next request received a 401, was replayed with a new token, and succeeded.';
    });
  }

  takeDown(): Promise<void> {
    return this.pull(async () => {
      this.outageKnown(await this.scenarios.takeDown(outageSeconds));
      return 'The refresh endpoint responds with 503 until the countdown ends.';
    });
  }

  revokeSession(): Promise<void> {
    return this.pull(async () => {
      await this.scenarios.revokeSession();
      return 'The server revoked this session. It ends with the next refresh.';
    });
  }

  logOut(): Promise<void> {
    return this.pull(async () => {
      await this.authService.logout();
      return '';
    });
  }

  private async pull(scenario: () => Promise<string>): Promise<void> {
    this.outcome = '';
    try {
      this.outcome = await scenario();
    } catch {
      this.outcome = 'The scenario failed. The session panel shows the reason.';
    }
  }

  private outageKnown(durationMs: number): void {
    if (durationMs === 0) return;
    this.outageUntil = this.authService.session.now() + durationMs;
    this.history.noteOutage(durationMs);
  }

  // --- what moves ---

  private tick(): void {
    const { session } = this.authService;
    const { state } = session;
    const now = session.now();
    this.isSignedIn = 'tokens' in state;
    this.announce(now);
    this.showToken(now);
    this.countDown(now);
    this.history.forgetOld(now);
    this.chart?.draw(this.history.events, this.history.version, now);
    this.describe();
    if (this.prefersStillness.matches) this.frame = window.setTimeout(() => this.tick(), 1000);
    else this.frame = requestAnimationFrame(() => this.tick());
  }

  private countDown(now: number): void {
    const left = Math.max(0, Math.ceil((this.outageUntil - now) / 1000));
    if (this.outageLeft > 0 && left === 0) this.outcome = 'The refresh endpoint is available again.';
    this.outageLeft = left;
  }

  private announce(now: number): void {
    const { state } = this.authService.session;
    const isHealthy = state.status === 'logged-in' && !state.degraded;
    const next = summary(isHealthy && now < this.announcedUntil ? { ...state, status: 'refreshing' } : state, now);
    if (next.title !== this.status.title || next.detail !== this.status.detail) this.status = next;
  }

  private showToken(now: number): void {
    const { state } = this.authService.session;
    if (!('tokens' in state) || state.tokens.expiresAt === undefined) {
      this.secondsLeft = '';
      this.issued = '';
      this.bar.style.transform = 'scaleX(0)';
      return;
    }
    const { receivedAt, expiresAt } = state.tokens;
    const left = Math.max(0, expiresAt - now);
    this.refreshes = state.generation;
    this.secondsLeft = (left / 1000).toFixed(1);
    this.issued = timeOfDay(receivedAt);
    this.bar.style.transform = `scaleX(${Math.min(1, left / (expiresAt - receivedAt)).toFixed(4)})`;
  }

  private describe(): void {
    const { version, events } = this.history;
    if (version === this.describedVersion) return;
    this.describedVersion = version;
    this.timelineSummary = historyInWords(events);
    this.textEvents = events
      .slice(-40)
      .flatMap(event => {
        const text = eventInWords(event);
        return text ? [{ time: timeOfDay(event.at), text }] : [];
      })
      .slice(-12)
      .reverse();
  }
}
