import type { Bearer, Session, SessionChange } from '../core.js';
import { copyReport, type DevtoolsServer, expire, refresh, signOut } from './devtools-actions.js';
import { addStyles } from './devtools-styles.js';
import { DevtoolsView, type TextEvent, type TokenView } from './devtools-view.js';
import { SessionHistory } from './session-history.js';
import { eventInWords, historyInWords, type Summary, summary, timeOfDay } from './session-words.js';

const frameMs = 100;
const calmFrameMs = 1000;
/** A refresh on one machine takes no time. It is shown for long enough to be seen. */
const shortestRefreshMs = 700;

const withoutSession: Summary = {
  tone: 'quiet',
  title: 'No session',
  detail: 'Set the property "session" of this element.',
};

declare global {
  interface HTMLElementTagNameMap {
    'auth-devtools': AuthDevtools;
  }
}

/** Servers and tests in Node import this module too. */
const Base = typeof HTMLElement === 'undefined' ? (class {} as typeof HTMLElement) : HTMLElement;

/**
 * The custom element `<auth-devtools>`: shows a session and its requests during development, with buttons that disturb it. Shows
 * no tokens. With the attribute `floating`, it is a panel in the corner of the page that opens and closes. The content of the
 * element is shown below the access token.
 *
 * @example
 * defineAuthDevtools();
 * const devtools = document.createElement('auth-devtools');
 * Object.assign(devtools, { session, bearer });
 * document.body.append(devtools);
 */
export class AuthDevtools extends Base {
  private history: SessionHistory | undefined;
  private view: DevtoolsView | undefined;
  private watched: Session | undefined;
  private sender: Bearer | undefined;
  private fakeServer: DevtoolsServer | undefined;
  private isOffline = false;
  private shownUntil = 0;
  private describedVersion = -1;
  private timer: number | undefined;
  private stopListening = (): void => undefined;

  /** The session to show. */
  get session(): Session | undefined {
    return this.watched;
  }

  set session(session: Session | undefined) {
    if (session === this.watched) return;
    this.watched = session;
    this.history = session && new SessionHistory(session);
    this.describedVersion = -1;
    this.listen();
  }

  /** The bearer whose requests are shown. If unset, the panel shows no requests. */
  get bearer(): Bearer | undefined {
    return this.sender;
  }

  set bearer(bearer: Bearer | undefined) {
    if (bearer === this.sender) return;
    this.sender = bearer;
    this.listen();
  }

  /** A `FakeTokenServer` of `./testing`. If set, the panel can go offline, and makes the server reject access tokens. */
  get server(): DevtoolsServer | undefined {
    return this.fakeServer;
  }

  set server(server: DevtoolsServer | undefined) {
    this.fakeServer = server;
    this.isOffline = false;
  }

  /** Marks a time in the timeline during which the server is unavailable, such as an outage that a test causes. */
  markOutage(durationMs: number): void {
    const now = this.watched?.now();
    if (now !== undefined) this.history?.noteOutage(now, now + durationMs);
  }

  /** Called by the browser. */
  connectedCallback(): void {
    this.adoptEarlyProperties();
    this.view ??= this.createView();
    this.listen();
    this.tick(this.view);
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    clearTimeout(this.timer);
    this.stopListening();
  }

  /** Frameworks can set properties before the element is upgraded. Those hide the accessors of the class. */
  private adoptEarlyProperties(): void {
    for (const name of ['session', 'bearer', 'server'] as const) {
      const early = Object.getOwnPropertyDescriptor(this, name);
      if (!early) continue;
      delete this[name];
      Object.assign(this, { [name]: early.value });
    }
  }

  private createView(): DevtoolsView {
    const root = this.attachShadow({ mode: 'open' });
    const view = new DevtoolsView({
      refresh: () => this.run(session => refresh(session)),
      expire: () => this.run(session => expire(session, this.fakeServer)),
      signOut: () => this.run(session => signOut(session)),
      copyReport: () => this.run(() => copyReport(this.writeReport(), () => view.selectReport())),
      toggleOffline: () => this.run(async () => this.toggleOffline()),
      toggle: () => this.toggleAttribute('open'),
      opened: () => {
        this.describe();
        if (view.isReportOpen) this.writeReport();
      },
    });
    addStyles(root, this.nonce);
    root.append(view.root);
    return view;
  }

  private listen(): void {
    this.stopListening();
    if (!this.isConnected) return;
    const stops = [this.history?.follow(this.sender), this.watched?.subscribe(change => this.noteChange(change))];
    this.stopListening = () => {
      for (const stop of stops) stop?.();
    };
  }

  private noteChange({ event }: SessionChange): void {
    if (event.type === 'refresh-started') this.shownUntil = (this.watched?.now() ?? 0) + shortestRefreshMs;
    if (event.type === 'logged-in') this.view?.showOutcome('');
  }

  // --- actions ---

  private run(action: (session: Session) => Promise<string>): void {
    const { watched: session, view } = this;
    if (!session || !view) return;
    view.showOutcome('');
    action(session).then(
      outcome => view.showOutcome(outcome),
      error => view.showOutcome(`Failed: ${error instanceof Error ? error.message : error}`),
    );
  }

  private toggleOffline(): string {
    const { fakeServer: server, history, watched } = this;
    if (!server || !watched) return '';
    this.isOffline = !this.isOffline;
    if (this.isOffline) {
      server.goOffline();
      history?.noteOutage(watched.now());
      return 'Every request fails until you go online again.';
    }
    server.goOnline();
    history?.endOutage(watched.now());
    return 'Online again.';
  }

  private writeReport(): string {
    const report = JSON.stringify(this.watched?.diagnose(), undefined, 2) ?? '';
    this.view?.showReport(report);
    return report;
  }

  // --- what changes with time ---

  private tick(view: DevtoolsView): void {
    this.update(view);
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.timer = window.setTimeout(() => this.tick(view), isCalm ? calmFrameMs : frameMs);
  }

  private update(view: DevtoolsView): void {
    const { watched: session, history } = this;
    const isOpen = !this.hasAttribute('floating') || this.hasAttribute('open');
    view.showOpen(isOpen);
    view.showButtons(session !== undefined && 'tokens' in session.state, this.fakeServer && this.isOffline);
    view.showStatus(session ? this.summary(session) : withoutSession);
    if (!session || !history || !isOpen) return;
    const now = session.now();
    history.forgetOld(now);
    view.showToken(tokenView(session, now));
    view.showTotals(history.totals);
    view.chart.draw(history.events, history.version, now);
    if (history.version !== this.describedVersion) this.describe();
  }

  private summary(session: Session): Summary {
    const { state } = session;
    const now = session.now();
    const isHealthy = state.status === 'logged-in' && !state.degraded;
    const isShownRefreshing = isHealthy && now < this.shownUntil;
    return summary(isShownRefreshing ? { ...state, status: 'refreshing' } : state, now, session.refreshesAt);
  }

  private describe(): void {
    const { view, history } = this;
    if (!view || !history) return;
    this.describedVersion = history.version;
    view.showTimeline(historyInWords(history.events), view.isTextOpen ? textEvents(history) : []);
  }
}

/** Registers the element `<auth-devtools>`. Repeated calls do nothing. */
export function defineAuthDevtools(): void {
  if (!customElements.get('auth-devtools')) customElements.define('auth-devtools', AuthDevtools);
}

function tokenView({ state, refreshesAt }: Session, now: number): TokenView | undefined {
  if (!('tokens' in state) || state.tokens.expiresAt === undefined) return undefined;
  const { receivedAt, expiresAt } = state.tokens;
  const left = Math.max(0, expiresAt - now);
  const lifetime = Math.max(1, expiresAt - receivedAt);
  return {
    secondsLeft: (left / 1000).toFixed(1),
    received: timeOfDay(receivedAt),
    left: Math.min(1, left / lifetime),
    refreshedAt: refreshesAt === undefined ? undefined : (expiresAt - refreshesAt) / lifetime,
  };
}

function textEvents({ events }: SessionHistory): TextEvent[] {
  return events
    .flatMap(event => {
      const text = eventInWords(event);
      return text === undefined ? [] : [{ time: timeOfDay(event.at), text }];
    })
    .slice(-40)
    .reverse();
}
