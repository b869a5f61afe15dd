import { drawn, type Plot, textAlternative } from './plot.js';

const bars = [
  { label: 'ours', value: 10, text: '10', isOurs: true },
  { label: 'a "peer" & <another>', value: 80, text: '80, 7 lost' },
];
const plot: Plot = { title: 'Refreshes', bars };

describe('a plot', () => {
  it('has all values in its text alternative', () => {
    expect(textAlternative(plot)).toBe('Refreshes: ours 10; a "peer" & <another> 80, 7 lost.');
    expect(drawn(plot)).toContain('aria-label="Refreshes: ours 10; a &quot;peer&quot; &amp; &lt;another> 80, 7 lost."');
  });

  it('draws lengths in proportion, and no bar for a value that is missing', () => {
    expect(widths(drawn(plot))).toEqual([36.3, 290]);
    expect(widths(drawn({ title: 'Lost', bars: bars.map(bar => ({ ...bar, value: 0 })) }))).toEqual([2, 2]);
    expect(
      widths(drawn({ title: 'ms', bars: bars.map((bar, row) => ({ ...bar, value: row || Number.NaN })) })),
    ).toEqual([0, 290]);
  });

  it('has text that stands out from its background in both colour schemes', () => {
    const [light, dark] = drawn(plot).split('@media (prefers-color-scheme: dark)').map(colours);
    for (const scheme of [light, dark]) {
      expect(contrast(scheme?.['text'], scheme?.['.background'])).toBeGreaterThan(7);
      for (const fill of ['.ours', '.other'])
        expect(contrast(scheme?.[fill], scheme?.['.background'])).withContext(fill).toBeGreaterThan(3);
    }
  });
});

function widths(svg: string): number[] {
  return [...svg.matchAll(/<rect class="(?:ours|other)"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
}

function colours(css: string): Record<string, string> {
  return Object.fromEntries([...css.matchAll(/(\S+) \{[^}]*fill: (#\w{6})/g)].map(([, name, fill]) => [name, fill]));
}

/** WCAG contrast ratio. */
function contrast(one = '', other = ''): number {
  const [most = 0, least = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (most + 0.05) / (least + 0.05);
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map(part =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
