import { html, svg } from './elements.js';
import type { Totals } from './session-history.js';
import type { Summary } from './session-words.js';
import { shapePaths, TimelineChart } from './timeline-chart.js';
import type { Shape } from './timeline-marks.js';

/** Called when the user presses a button. */
export interface ViewActions {
  refresh(): void;
  expire(): void;
  /** Goes offline, or online again. */
  toggleOffline(): void;
  signOut(): void;
  copyReport(): void;
  /** Opens or closes a floating panel. */
  toggle(): void;
  /** Called when the user opens a part that is described only while it is open. */
  opened(): void;
}

/** The access token, as its bar shows it. */
export interface TokenView {
  readonly secondsLeft: string;
  readonly received: string;
  /** From 0 to 1. */
  readonly left: number;
  /** Share of the lifetime that is left when the token is refreshed. Undefined if that is unknown. */
  readonly refreshedAt: number | undefined;
}

/** An event of the timeline as text. */
export interface TextEvent {
  readonly time: string;
  readonly text: string;
}

const legend: readonly (readonly [Shape, string])[] = [
  ['token', 'lifetime of a token'],
  ['refreshed', 'refresh'],
  ['elsewhere', 'refresh by another tab'],
  ['postponed', 'refresh failed'],
  ['responded', 'response'],
  ['failed', 'no response'],
  ['rejected', '401'],
  ['replayed', 'replay'],
  ['wait', 'wait for a token'],
  ['outage', 'outage'],
];

const figures: readonly (readonly [keyof Totals, string])[] = [
  ['refreshes', 'Refreshes'],
  ['responses', 'Responses'],
  ['waits', 'Waited for a token'],
  ['replays', 'Replayed after a 401'],
  ['unauthorized', '401 responses'],
];

/** The elements of the panel. */
export class DevtoolsView {
  private readonly title = html('strong', { class: 'status-title', role: 'status' });
  private readonly detail = html('span', { class: 'status-detail' });
  private readonly light = html('span', { class: 'status-light', 'aria-hidden': 'true' });
  private readonly toggle = button('Show', 'toggle', () => this.actions.toggle());
  private readonly status = html('div', { class: 'status' }, this.light, this.title, this.toggle, this.detail);
  private readonly left = html('b');
  private readonly unit = html('span');
  private readonly fill = html('div', { class: 'fill' });
  private readonly margin = html('i', { class: 'margin' });
  private readonly marginKey = html('span', {}, html('i', { class: 'margin-key' }), 'refreshed from here');
  private readonly received = html('span');
  private readonly values = new Map(figures.map(([key]) => [key, html('dd', {}, '0')]));
  private readonly chartElement = svg('svg', { class: 'chart', role: 'img' });
  private readonly chartDescription = html('p');
  private readonly list = html('ol', { tabindex: 0, 'aria-label': 'Events' });
  private readonly textDetails = html(
    'details',
    {},
    html('summary', {}, 'Timeline as text'),
    this.chartDescription,
    this.list,
  );
  private readonly reportText = html('pre', { tabindex: 0, 'aria-label': 'Report' });
  private readonly reportDetails = html('details', {}, html('summary', {}, 'Report'), this.reportText);
  private readonly offlineButton = button('Go offline', 'offline', () => this.actions.toggleOffline());
  private readonly refreshButton = button('Refresh now', 'refresh', () => this.actions.refresh());
  private readonly expireButton = button('Expire the access token', 'expire', () => this.actions.expire());
  private readonly signOutButton = button('Sign out', 'sign-out', () => this.actions.signOut());
  private readonly outcome = html('p', { class: 'outcome', role: 'status' });
  private readonly body = html('div', { class: 'body', id: 'body' });
  readonly chart = new TimelineChart(this.chartElement);
  readonly root: HTMLElement = html('section', { 'aria-label': 'Session' }, this.status, this.body);

  constructor(private readonly actions: ViewActions) {
    this.toggle.setAttribute('aria-controls', 'body');
    this.body.append(...this.parts());
    for (const details of [this.textDetails, this.reportDetails]) {
      details.addEventListener('toggle', () => actions.opened());
    }
  }

  get isTextOpen(): boolean {
    return this.textDetails.open;
  }

  get isReportOpen(): boolean {
    return this.reportDetails.open;
  }

  showStatus({ tone, title, detail }: Summary): void {
    setAttribute(this.status, 'class', `status is-${tone}`);
    setText(this.title, title);
    setText(this.detail, detail);
  }

  showToken(token: TokenView | undefined): void {
    setText(this.left, token?.secondsLeft ?? '–');
    setText(this.unit, token ? ' s left' : '');
    setText(this.received, token ? `received ${token.received}` : 'none');
    this.fill.style.transform = `scaleX(${(token?.left ?? 0).toFixed(4)})`;
    const refreshedAt = token?.refreshedAt;
    for (const element of [this.margin, this.marginKey]) element.hidden = refreshedAt === undefined;
    const position = `${((refreshedAt ?? 0) * 100).toFixed(1)}%`;
    this.margin.style.left = position;
    this.marginKey.style.marginLeft = position;
  }

  showTotals(totals: Totals): void {
    for (const [key, element] of this.values) setText(element, `${totals[key]}`);
  }

  showTimeline(description: string, events: readonly TextEvent[]): void {
    setAttribute(this.chartElement, 'aria-label', description);
    setText(this.chartDescription, description);
    if (!this.isTextOpen) return;
    this.list.replaceChildren(...events.map(({ time, text }) => html('li', {}, html('time', {}, time), ` ${text}`)));
  }

  showReport(report: string): void {
    this.reportText.textContent = report;
  }

  /** Opens the report and selects its text. */
  selectReport(): void {
    this.reportDetails.open = true;
    getSelection()?.selectAllChildren(this.reportText);
  }

  /** @param offline undefined without a server that can be offline */
  showButtons(isSignedIn: boolean, offline: boolean | undefined): void {
    // A disabled button would lose the focus.
    for (const one of [this.refreshButton, this.expireButton, this.signOutButton]) {
      setAttribute(one, 'aria-disabled', `${!isSignedIn}`);
    }
    this.offlineButton.hidden = offline === undefined;
    setAttribute(this.offlineButton, 'aria-pressed', `${offline ?? false}`);
  }

  showOutcome(text: string): void {
    setText(this.outcome, text);
  }

  /** @param isOpen whether more than the status is visible */
  showOpen(isOpen: boolean): void {
    this.body.hidden = !isOpen;
    setText(this.toggle, isOpen ? 'Hide' : 'Show');
    setAttribute(this.toggle, 'aria-expanded', `${isOpen}`);
  }

  private parts(): HTMLElement[] {
    const { refreshButton, expireButton, offlineButton, signOutButton } = this;
    const copy = button('Copy report', 'copy', () => this.actions.copyReport());
    return [
      html(
        'div',
        { class: 'token' },
        html(
          'div',
          { class: 'token-line' },
          html('span', {}, 'Access token'),
          html('span', { class: 'token-left' }, this.left, this.unit),
        ),
        html('div', { class: 'track', 'aria-hidden': 'true' }, this.fill, this.margin),
        html('div', { class: 'token-line small' }, this.marginKey, this.received),
      ),
      html('slot'),
      html('div', { class: 'actions' }, refreshButton, expireButton, offlineButton, signOutButton, copy),
      this.outcome,
      this.timeline(),
      html('dl', { class: 'figures' }, ...figures.map(([key, name]) => this.figure(key, name))),
      this.textDetails,
      this.reportDetails,
    ];
  }

  private figure(key: keyof Totals, name: string): HTMLElement {
    return html('div', {}, html('dt', {}, name), this.values.get(key) as HTMLElement);
  }

  private timeline(): HTMLElement {
    const lanes = ['Token', 'Refresh', 'Requests', '401', 'Waiting'].map(name =>
      html('span', name === 'Requests' || name === 'Waiting' ? { class: 'tall' } : {}, name),
    );
    const items = legend.map(([shape, name]) => html('li', {}, legendMark(shape), name));
    return html(
      'figure',
      { class: 'timeline' },
      html('div', { class: 'lanes', 'aria-hidden': 'true' }, ...lanes),
      this.chartElement,
      html('figcaption', {}, html('ul', { class: 'legend', 'aria-label': 'Legend' }, ...items)),
    );
  }
}

function legendMark(shape: Shape): SVGElement {
  const d = shapePaths[shape];
  const height = shape === 'outage' ? 16 : 10;
  const mark = d
    ? svg('path', { class: shape, d })
    : svg('rect', { class: shape, x: -8, y: -height / 2, width: 16, height, rx: shape === 'outage' ? 0 : 3 });
  return svg('svg', { viewBox: '-9 -9 18 18', 'aria-hidden': 'true' }, mark);
}

function button(text: string, name: string, press: () => void): HTMLButtonElement {
  const element = html('button', { type: 'button', class: name }, text);
  element.addEventListener('click', () => {
    if (element.getAttribute('aria-disabled') !== 'true') press();
  });
  return element;
}

/** An unchanged text is not written, because that would end a selection and repeat an announcement. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
