import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { aimsTable } from './aims.js';
import type { Figures } from './figures.js';
import { drawn, type Plot, textAlternative } from './plot.js';
import { plots } from './plots.js';
import { bursts, costs, count, leftovers, limits, pageLoads, parts, sizes, starts, tabs } from './tables.js';

const template = join(import.meta.dirname, 'performance.md');

/** The figures as a page, and its plots by file name. */
export function report(figures: Figures): { page: string; plots: Readonly<Record<string, string>> } {
  const drawings = plots(figures);
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
    ...Object.fromEntries(Object.entries(drawings).map(([name, plot]) => [`${name}Plot`, image(name, plot)])),
  };
  const page = readFileSync(template, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
    const text = written[name];
    if (text === undefined) throw new Error(`There is no figure ${name}.`);
    return text;
  });
  return {
    page,
    plots: Object.fromEntries(Object.entries(drawings).map(([name, plot]) => [`${name}.svg`, drawn(plot)])),
  };
}

function image(name: string, plot: Plot): string {
  return `![${textAlternative(plot)}](images/${name}.svg)`;
}
