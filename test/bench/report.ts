import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { aimsTable, ours } from './aims.js';
import type { Figures } from './figures.js';
import { type Bar, plot } from './plot.js';
import { quantile } from './statistics.js';
import { bursts, costs, count, leftovers, limits, pageLoads, parts, sizes, starts, tabs, titleOf } from './tables.js';

const template = join(import.meta.dirname, 'performance.md');

/** The figures as a page, and its plots by file name. */
export function report(figures: Figures): { page: string; plots: Readonly<Record<string, string>> } {
  const written: Record<string, string> = {
    browser: figures.browser,
    cores: count(cpus().length),
    aims: aimsTable(figures),
    authorising: costs(figures.authorising),
    http: costs(figures.throughHttpClient),
    burst100: bursts(figures.bursts[100]),
    burst1000: bursts(figures.bursts[1000]),
    tabs: tabs(figures.tabs),
    starts: starts(figures.starts),
    pageLoad: pageLoads(figures.pageLoads),
    leftovers: leftovers(figures.leftovers),
    sizes: sizes(figures.sizes),
    limits: limits(figures.sizes),
    parts: parts(figures.sizes),
  };
  const page = readFileSync(template, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
    const text = written[name];
    if (text === undefined) throw new Error(`There is no figure ${name}.`);
    return text;
  });
  return {
    page,
    plots: {
      'authorising.svg': plot({
        title: 'Authorising one request, µs (logarithmic)',
        bars: Object.entries(figures.authorising).map(([name, values = []]) =>
          bar(name, values, median => `${median.toFixed(median < 10 ? 1 : 0)} µs`),
        ),
        logarithmic: true,
      }),
      'burst.svg': plot({
        title: '1,000 requests at once after expiry, ms to the last response',
        bars: [...(figures.bursts[1000] ?? [])].map(([name, all]) => {
          const times = all.map(({ ms }) => ms);
          const lost = all[0]?.failed ?? 0;
          return bar(name, times, median => `${median.toFixed(0)} ms${lost > 0 ? `, ${count(lost)} lost` : ''}`);
        }),
      }),
    },
  };
}

function bar(name: string, values: readonly number[], text: (median: number) => string): Bar {
  const value = quantile(values, 0.5);
  return { label: titleOf(name), value, text: text(value), isOurs: ours.some(one => one === name) };
}
