const colours = `
:host {
  --card: #fffffe; --sunken: #f1f0ea; --ink: #18211e; --soft: #55605b; --line: #dddbd1; --strong: #828884;
  --green: #0b6e4f; --green-soft: #d5eadf; --green-odd: #519f7a; --blue: #1f55c4; --blue-soft: #dfe8fb;
  --amber: #8a5200; --amber-fill: #c47d13; --amber-soft: #fbeed3; --red: #b3261e; --red-soft: #fae1de;
}
@media (prefers-color-scheme: dark) {
  :host {
    --card: #171d1b; --sunken: #1e2623; --ink: #e8eeea; --soft: #a2afa8; --line: #2b3531; --strong: #6f7d76;
    --green: #56c795; --green-soft: #17372a; --green-odd: #2f7d5b; --blue: #8ab1ff; --blue-soft: #1b2a48;
    --amber: #f1b858; --amber-fill: #d9972b; --amber-soft: #372a12; --red: #ff948a; --red-soft: #43201d;
  }
}
/* Browsers keep the colours of SVG in a forced colour scheme. Here the system's own colours replace them all. */
@media (forced-colors: active) {
  :host {
    --card: Canvas; --sunken: Canvas; --ink: CanvasText; --soft: CanvasText; --line: GrayText; --strong: CanvasText;
    --green: CanvasText; --green-soft: Canvas; --green-odd: GrayText; --blue: LinkText; --blue-soft: Canvas;
    --amber: CanvasText; --amber-fill: GrayText; --amber-soft: Canvas; --red: Highlight; --red-soft: Canvas;
  }
}
`;

const frame = `
:host {
  display: block; container-type: inline-size; padding: 0.75rem; color-scheme: light dark; background: var(--card); color: var(--ink);
  font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; }
button { font: inherit; }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
section { display: grid; gap: 0.875rem; }
.body { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.875rem; }
:host([floating]) {
  position: fixed; z-index: 2147483000; inset: auto 0.5rem 0.5rem auto; overflow: auto;
  width: min(40rem, calc(100vw - 1rem)); max-height: calc(100vh - 1rem);
  border: 1px solid var(--strong); border-radius: 0.75rem; box-shadow: 0 8px 24px -8px rgb(0 0 0 / 35%);
}
:host([floating]:not([open])) { width: min(20rem, calc(100vw - 1rem)); }
:host(:not([floating])) .toggle { display: none; }
button {
  min-height: 2.25rem; padding: 0.25rem 0.75rem; border: 1px solid var(--strong); border-radius: 0.5rem;
  background: var(--card); color: var(--ink); font-size: 0.8125rem; line-height: 1.25; cursor: pointer;
}
button:hover { background: var(--sunken); }
button[aria-disabled="true"] { border-style: dashed; background: none; color: var(--soft); cursor: default; }
button[aria-pressed="true"] { border-color: var(--amber); background: var(--amber-soft); color: var(--amber); }
`;

const status = `
.status {
  display: grid; grid-template-columns: auto 1fr auto; gap: 0 0.75rem; align-items: center; padding: 0.5rem 0.875rem;
  border: 1px solid transparent; border-radius: 0.75rem; background: var(--tone-soft, var(--sunken));
}
.status.is-good { --tone: var(--green); --tone-soft: var(--green-soft); }
.status.is-busy { --tone: var(--blue); --tone-soft: var(--blue-soft); }
.status.is-late { --tone: var(--amber); --tone-soft: var(--amber-soft); }
.status.is-bad { --tone: var(--red); --tone-soft: var(--red-soft); }
.status-light {
  forced-color-adjust: none; grid-row: span 2; width: 0.75rem; height: 0.75rem; border: 1px solid var(--tone, var(--strong));
  border-radius: 50%; background: var(--tone, var(--strong));
}
.status.is-quiet .status-light, .status.is-bad .status-light { background: none; border-width: 3px; }
.status-title { color: var(--tone, var(--ink)); font-size: 1.0625rem; font-weight: 650; line-height: 1.4; }
.status-detail { grid-column: 2; font-size: 0.875rem; line-height: 1.4; }
.toggle { grid-area: 1 / 3 / span 2; }
.token { display: grid; gap: 0.25rem; }
.token-line { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; font-size: 0.875rem; font-weight: 550; }
.token-line.small { gap: 0.5rem; min-height: 1.25rem; white-space: nowrap; color: var(--soft); font-size: 0.8125rem; font-weight: 400; }
.token-left { color: var(--soft); font-weight: 400; }
.token-left b {
  display: inline-block; min-width: 2.5ch; color: var(--ink); font-size: 1.25rem; font-weight: 650; line-height: 1; text-align: end;
}
.track {
  position: relative; height: 0.75rem; overflow: hidden; border: 1px solid var(--line); border-radius: 0.375rem;
  background: var(--sunken);
}
.fill { forced-color-adjust: none; height: 100%; transform: scaleX(0); transform-origin: left; background: var(--green); }
.margin {
  forced-color-adjust: none; position: absolute; inset: 0 auto 0 0; width: 4px; border: 1px solid var(--card); border-block: 0;
  background: var(--ink);
}
.margin-key { margin: 0 0.375rem 0 1px; border-left: 2px solid var(--ink); }
.figures {
  display: grid; grid-template-columns: repeat(5, 1fr); overflow: hidden; border: 1px solid var(--line); border-radius: 0.625rem;
}
.figures div {
  display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.375rem 0.625rem;
  border: 0 solid var(--line); border-width: 0 1px 1px 0; margin: 0 -1px -1px 0;
}
.figures dt { color: var(--soft); font-size: 0.75rem; line-height: 1.3; }
.figures dd { font-size: 1.25rem; font-weight: 650; line-height: 1.2; }
`;

const timeline = `
.timeline { display: grid; grid-template-columns: auto minmax(0, 1fr); }
.lanes { padding-right: 0.625rem; color: var(--soft); font-size: 0.75rem; }
.lanes span { display: flex; align-items: center; height: 24px; }
.lanes span.tall { height: 34px; padding-top: 10px; }
.chart { display: block; width: 100%; overflow: hidden; }
figcaption { grid-column: 1 / -1; margin-top: 0.375rem; }
ul, ol { list-style: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 0.875rem; color: var(--soft); font-size: 0.75rem; }
.legend li { display: inline-flex; align-items: center; gap: 0.375rem; }
.legend svg { width: 16px; height: 16px; }
svg { forced-color-adjust: none; }
.line { stroke: var(--line); }
.now { stroke: var(--ink); }
.sign { stroke: var(--soft); stroke-dasharray: 2 3; }
text { fill: var(--soft); stroke: var(--card); stroke-width: 3px; paint-order: stroke; font-size: 11px; }
svg .token { fill: var(--green); }
svg .token-odd { fill: var(--green-odd); }
svg .refreshed, svg .running { fill: var(--blue); }
svg .elsewhere { fill: var(--card); stroke: var(--blue); stroke-width: 2; }
svg .postponed { fill: none; stroke: var(--amber); stroke-width: 2.5; stroke-linecap: round; }
svg .refused, svg .rejected { fill: var(--red); }
svg .responded { stroke: var(--soft); stroke-width: 2; stroke-linecap: round; }
svg .failed { stroke: var(--red); stroke-width: 2.5; }
svg .replayed { fill: var(--green); }
svg .wait { fill: var(--amber-fill); }
svg .outage { fill: var(--amber-fill); opacity: 0.24; }
`;

const details = `
summary { width: fit-content; border-radius: 0.25rem; color: var(--soft); font-size: 0.8125rem; cursor: pointer; }
details p, details ol { margin-top: 0.375rem; font-size: 0.8125rem; }
details ol { max-height: 12rem; overflow-y: auto; }
time { color: var(--soft); }
pre {
  max-height: 16rem; margin-top: 0.375rem; padding: 0.75rem; overflow: auto; border: 1px solid var(--line); border-radius: 0.5rem;
  background: var(--sunken); font: 0.75rem/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.outcome { min-height: 1.25rem; color: var(--soft); font-size: 0.8125rem; }
.outcome:empty { display: none; }
@container (max-width: 30rem) {
  .status { position: sticky; z-index: 1; top: 0.25rem; }
  .figures { grid-template-columns: repeat(6, 1fr); }
  .figures div { grid-column: span 2; }
  .figures div:nth-child(n + 4) { grid-column: span 3; }
}
:host([floating]) .status { top: 0; }
`;

const text = [colours, frame, status, timeline, details].join('');

/** Adds the styles in a way that a content security policy without `'unsafe-inline'` allows. */
export function addStyles(root: ShadowRoot, nonce: string): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [sheet];
    return;
  }
  // Safari before 16.4: the policy must allow the nonce of the element.
  const style = document.createElement('style');
  style.nonce = nonce;
  style.textContent = text;
  root.append(style);
}
