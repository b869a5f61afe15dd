import { svg } from './elements.js';
import type { HistoryEvent } from './session-history.js';
import { type Lane, type Mark, type Shape, timelineMarks } from './timeline-marks.js';

interface Row {
  readonly top: number;
  readonly height: number;
  /** Height of a bar in this lane. */
  readonly bar: number;
  /** Vertical centre of the marks. */
  readonly middle: number;
}

/** The lane of requests has room for a count above its marks. */
const rows: Readonly<Record<Lane, Row>> = {
  token: { top: 0, height: 24, bar: 12, middle: 12 },
  refresh: { top: 24, height: 24, bar: 10, middle: 36 },
  request: { top: 48, height: 34, bar: 10, middle: 71 },
  rejection: { top: 82, height: 24, bar: 10, middle: 94 },
  wait: { top: 106, height: 34, bar: 10, middle: 129 },
};
const lanesHeight = 140;
const axisHeight = 20;
const pastMs = 120_000;
/** The current token reaches into the future. */
const futureMs = 12_000;
/** A chart of fewer pixels has no room for all its labels. */
const narrow = 360;
const ticksAt = [30, 60, 90, 120];
/** Counts below this have no label. */
const countedFrom = 5;
/** Counts that are closer than a label is wide are shown as their sum. */
const countWidth = 32;

/** Shapes for the chart and its legend. Each meaning has its own shape, so that colour is never the only difference. */
export const shapePaths: Partial<Record<Shape, string>> = {
  refreshed: 'M0-6.5 6.5 0 0 6.5-6.5 0Z',
  elsewhere: 'M0-5.5 5.5 0 0 5.5-5.5 0Z',
  postponed: 'M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5',
  refused: 'M-5.5-5.5H5.5V5.5H-5.5Z',
  responded: 'M0-7V7',
  failed: 'M0-7V-2.5M0 2.5V7',
  // Side by side, because a replay follows its 401 at once.
  rejected: 'M-4.5 5-8.5-4H-.5Z',
  replayed: 'M4.5-5 .5 4H8.5Z',
};

/** Draws the last two minutes, which move to the left. Colours come from the style sheet. */
export class TimelineChart {
  private readonly still = svg('g');
  private readonly moving = svg('g');
  private readonly growing: { readonly bar: SVGElement; readonly from: number }[] = [];
  private drawn: readonly HistoryEvent[] | undefined;
  private drawnVersion = -1;
  private drawnWidth = 0;
  /** Instants are drawn relative to this one, because SVG loses precision on epoch milliseconds. */
  private origin = 0;

  constructor(private readonly chart: SVGSVGElement) {
    chart.replaceChildren(this.still, this.moving);
    chart.setAttribute('height', String(lanesHeight + axisHeight));
  }

  draw(events: readonly HistoryEvent[], version: number, now: number): void {
    const width = this.chart.clientWidth;
    if (width === 0) return;
    if (width !== this.drawnWidth || version !== this.drawnVersion || events !== this.drawn) {
      this.origin = now;
      if (width !== this.drawnWidth) this.drawGround(width);
      this.drawMarks(timelineMarks(events), width);
      this.drawnWidth = width;
      this.drawnVersion = version;
      this.drawn = events;
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
    const now = this.nowX(width);
    const lines = Object.values(rows).map(({ top, height }) => line(0, top + height - 0.5, width, top + height - 0.5));
    const ticks = ticksAt.flatMap(seconds => {
      const x = Math.max(0.5, Math.round(now - (seconds * 1000 * width) / (pastMs + futureMs)) + 0.5);
      const isFirst = seconds === 120;
      if (seconds === 90 && width < narrow) return [line(x, 0, x, lanesHeight)];
      const text = isFirst ? '2 min ago' : `${seconds} s`;
      return [line(x, 0, x, lanesHeight), label(text, x, lanesHeight + 14, isFirst ? 'start' : 'middle')];
    });
    const nowLine = line(Math.round(now) + 0.5, 0, Math.round(now) + 0.5, lanesHeight, 'now');
    this.still.replaceChildren(...lines, ...ticks, nowLine, label('now', now, lanesHeight + 14, 'middle'));
  }

  private drawMarks(marks: readonly Mark[], width: number): void {
    this.growing.length = 0;
    const inOrder = [...marks].sort((one, other) => order(one) - order(other));
    this.moving.replaceChildren(...inOrder.map(mark => this.drawMark(mark, width)), ...this.counts(marks, width));
  }

  /** Labels above marks that stand for many events. */
  private counts(marks: readonly Mark[], width: number): SVGElement[] {
    const labels: { x: number; count: number; lane: Lane }[] = [];
    for (const { lane, from, count } of marks) {
      if (count < countedFrom || (lane !== 'request' && lane !== 'wait')) continue;
      const x = this.px(from, width);
      const near = labels.find(one => one.lane === lane && Math.abs(one.x - x) < countWidth);
      if (near) near.count += count;
      else labels.push({ x, count, lane });
    }
    return labels.map(({ x, count, lane }) => label(`×${count}`, x, rows[lane].top + 12, 'middle'));
  }

  private drawMark({ lane, shape, from, to }: Mark, width: number): SVGElement {
    const x = this.px(from, width);
    const { top, height, middle } = lane === 'all' ? allLanes : barOf(rows[lane]);
    if (to === undefined) return lane === 'all' ? line(x, 0, x, lanesHeight, shape) : sign(shape, x, middle);
    const end = to === 'now' ? x : this.px(to, width) - (lane === 'token' ? 1 : 0);
    const bar = svg('rect', {
      class: shape,
      x: x.toFixed(2),
      y: top,
      width: Math.max(3, end - x).toFixed(2),
      height,
      rx: lane === 'all' ? 0 : 3,
    });
    if (to === 'now') this.growing.push({ bar, from });
    return bar;
  }
}

const allLanes = { top: 0, height: lanesHeight, middle: lanesHeight / 2 };

function barOf({ middle, bar }: Row): typeof allLanes {
  return { top: middle - bar / 2, height: bar, middle };
}

/** The background is drawn first. */
function order({ shape }: Mark): number {
  return shape === 'outage' || shape === 'sign' ? 0 : 1;
}

function sign(shape: Shape, x: number, y: number): SVGElement {
  return svg('path', { class: shape, d: shapePaths[shape] ?? '', transform: `translate(${x.toFixed(2)} ${y})` });
}

function line(x1: number, y1: number, x2: number, y2: number, name = 'line'): SVGElement {
  return svg('line', { class: name, x1, y1, x2, y2 });
}

function label(text: string, x: number, y: number, anchor: 'start' | 'middle'): SVGElement {
  return svg('text', { x: x.toFixed(2), y, 'text-anchor': anchor }, text);
}
