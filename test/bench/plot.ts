export interface Bar {
  readonly label: string;
  /** In the unit of the plot. `NaN` draws no bar. */
  readonly value: number;
  readonly text: string;
  readonly isOurs?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Logarithmic scale. */
  readonly logarithmic?: boolean;
}

const width = 720;
const labelWidth = 280;
const textWidth = 150;
const rowHeight = 30;
const headHeight = 42;

/** All values of a plot as text, for readers who do not see it. */
export function textAlternative({ title, bars }: Plot): string {
  return `${title}: ${bars.map(({ label, text }) => `${label} ${text}`).join('; ')}.`;
}

/** Horizontal bar chart with a background of its own, for light and dark pages. */
export function drawn(plot: Plot): string {
  const { title, bars, logarithmic = false } = plot;
  const values = bars.map(({ value }) => value).filter(Number.isFinite);
  const most = Math.max(...values) || 1;
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const room = width - labelWidth - textWidth;
  const share = (value: number) => (logarithmic ? Math.log10(value / least) / Math.log10(most / least) : value / most);
  const length = (value: number) => (Number.isFinite(value) ? Math.max(2, room * share(value)) : 0);
  const rows = bars.map(({ label, value, text, isOurs }, row) => {
    const y = headHeight + row * rowHeight;
    const middle = y + 15;
    return [
      `<text class="label" x="${labelWidth - 10}" y="${middle}">${escaped(label)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'other'}" x="${labelWidth}" y="${y + 5}" width="${length(value).toFixed(1)}" height="20" rx="2"/>`,
      `<text x="${(labelWidth + length(value) + 8).toFixed(1)}" y="${middle}">${escaped(text)}</text>`,
    ].join('\n');
  });
  const height = headHeight + bars.length * rowHeight + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(textAlternative(plot))}">
<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328; dominant-baseline: central }
.title { font-weight: 600 }
.background { fill: #ffffff }
.label { text-anchor: end }
.ours { fill: #1a7f37 }
.other { fill: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .background { fill: #0d1117 }
  .ours { fill: #3fb950 }
  .other { fill: #6e7681 }
}
</style>
<rect class="background" width="${width}" height="${height}" rx="6"/>
<text class="title" x="12" y="20">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
