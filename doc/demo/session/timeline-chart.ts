import type { HistoryEvent } from './session-history.js';
import { type Lane, type Mark, type Shape, timelineMarks } from './timeline-marks.js';

const svgNamespace = 'http://www.w3.org/2000/svg';
const laneHeight = 30;
const lanes: readonly Lane[] = ['token', 'refresh', 'request', 'hold'];
const lanesHeight = lanes.length * laneHeight;
const barHeight: Readonly<Record<Lane, number>> = { token: 14, refresh: 10, request: 10, hold: 10 };
const axisHeight = 22;
const pastMs = 120_000;
/** The current token reaches into the future. */
const futureMs = 12_000;
/** A chart of fewer pixels has no room for all its labels. */
const narrow = 360;
const ticksAt = [30, 60, 90, 120];

/** Draws the last two minutes, moving left as time goes by. Shapes and colours come from the style sheet. */
export class TimelineChart {
  private readonly still = element('g', {});
  private readonly moving = element('g', {});
  private readonly growing: { readonly bar: SVGElement; readonly from: number }[] = [];
  private drawnVersion = -1;
  private drawnWidth = 0;
  /** Instants are drawn relative to this one: SVG loses precision on epoch milliseconds. */
  private origin = 0;

  constructor(private readonly svg: SVGSVGElement) {
    svg.replaceChildren(this.still, this.moving);
    svg.setAttribute('height', String(lanesHeight + axisHeight));
  }

  draw(events: readonly HistoryEvent[], version: number, now: number): void {
    const width = this.svg.clientWidth;
    if (width === 0) return;
    if (width !== this.drawnWidth || version !== this.drawnVersion) {
      this.origin = now;
      if (width !== this.drawnWidth) this.drawGround(width);
      this.drawMarks(timelineMarks(events), width);
      this.drawnWidth = width;
      this.drawnVersion = version;
    }
    const offset = this.nowX(width) - this.px(now, width);
    this.moving.setAttribute('transform', `translate(${offset.toFixed(2)} 0)`);
    for (const { bar, from } of this.growing) {
      bar.setAttribute('width', String(Math.max(3, this.px(now, width) - this.px(from, width))));
    }
  }

  private px(instant: number, width: number): number {
    return ((instant - this.origin) / (pastMs + futureMs)) * width;
  }

  private nowX(width: number): number {
    return (pastMs / (pastMs + futureMs)) * width;
  }

  private drawGround(width: number): void {
    const bottom = lanesHeight;
    const now = this.nowX(width);
    const lines = lanes.map((_, index) =>
      line(0, (index + 1) * laneHeight - 0.5, width, (index + 1) * laneHeight - 0.5),
    );
    const ticks = ticksAt.flatMap(seconds => {
      const x = Math.max(0.5, Math.round(now - (seconds * 1000 * width) / (pastMs + futureMs)) + 0.5);
      const isFirst = seconds === 120;
      if (seconds === 90 && width < narrow) return [line(x, 0, x, bottom)];
      const text = isFirst ? '2 min ago' : `${seconds} s`;
      return [line(x, 0, x, bottom), label(text, x, bottom + 15, isFirst ? 'start' : 'middle')];
    });
    const nowLine = line(Math.round(now) + 0.5, 0, Math.round(now) + 0.5, bottom);
    nowLine.setAttribute('class', 'now');
    this.still.replaceChildren(...lines, ...ticks, nowLine, label('now', now, bottom + 15, 'middle'));
  }

  private drawMarks(marks: readonly Mark[], width: number): void {
    this.growing.length = 0;
    const inOrder = [...marks].sort((one, other) => order(one) - order(other));
    const labels = inOrder.flatMap(mark => this.countLabel(mark, width));
    this.moving.replaceChildren(...inOrder.map(mark => this.drawMark(mark, width)), ...labels);
  }

  private countLabel({ lane, from, count }: Mark, width: number): SVGElement[] {
    return count > 4 && lane !== 'all'
      ? [label(`×${count}`, this.px(from, width) + 7, middleOf(lane) + 4, 'start')]
      : [];
  }

  private drawMark({ lane, shape, from, to }: Mark, width: number): SVGElement {
    const x = this.px(from, width);
    if (lane === 'all' && to === undefined) return withClass(line(x, 0, x, lanesHeight), shape);
    if (to === undefined) return sign(shape, x, middleOf(lane));
    const end = to === 'now' ? x : this.px(to, width) - (lane === 'token' ? 1 : 0);
    const height = lane === 'all' ? lanesHeight : barHeight[lane];
    const top = lane === 'all' ? 0 : middleOf(lane) - height / 2;
    const bar = rect(shape, x, top, Math.max(3, end - x), height, lane === 'all' ? 0 : 3);
    if (to === 'now') this.growing.push({ bar, from });
    return bar;
  }
}

function middleOf(lane: Lane | 'all'): number {
  return lane === 'all' ? lanesHeight / 2 : (lanes.indexOf(lane) + 0.5) * laneHeight;
}

/** What lies at the back is drawn first. */
function order({ shape }: Mark): number {
  return ['outage', 'sign'].includes(shape) ? 0 : shape === 'answered' ? 1 : 2;
}

/** A shape of its own for each meaning, so that colour is never the only difference. */
const paths: Partial<Record<Shape, string>> = {
  refreshed: 'M0-6.5 6.5 0 0 6.5-6.5 0Z',
  elsewhere: 'M0-5.5 5.5 0 0 5.5-5.5 0Z',
  postponed: 'M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5',
  refused: 'M-5.5-5.5H5.5V5.5H-5.5Z',
  answered: 'M0-8V8',
  unanswered: 'M0-8V-3M0 3V8',
  rejected: 'M0 6.5-6-4.5H6Z',
  replayed: 'M0-6.5-6 4.5H6Z',
};

function sign(shape: Shape, x: number, y: number): SVGElement {
  return element('path', { class: shape, d: paths[shape] ?? '', transform: `translate(${x.toFixed(2)} ${y})` });
}

function rect(shape: Shape, x: number, y: number, width: number, height: number, radius: number): SVGElement {
  return element('rect', { class: shape, x: x.toFixed(2), y, width: width.toFixed(2), height, rx: radius });
}

function line(x1: number, y1: number, x2: number, y2: number): SVGElement {
  return element('line', { x1, y1, x2, y2 });
}

function label(text: string, x: number, y: number, anchor: 'start' | 'middle'): SVGElement {
  const node = element('text', { x: x.toFixed(2), y, 'text-anchor': anchor });
  node.textContent = text;
  return node;
}

function withClass(node: SVGElement, name: string): SVGElement {
  node.setAttribute('class', name);
  return node;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
