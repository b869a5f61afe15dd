import { budgets, counted, type Import, imports } from '../package/support/sizes.js';
import { type ClientName, clientTitles } from '../peers/client-titles.js';
import type { Figures } from './figures.js';
import type { Samples } from './page/authorising.js';
import type { Burst } from './page/burst.js';
import { quantile, ratios, spread } from './statistics.js';
import type { TabsReport } from './tabs.js';

export function costs(samples: Samples): string {
  const floor = samples['checkedFloor'] ?? [];
  const rows = Object.entries(samples).map(([name, values = []]) => {
    const { low, median, high } = spread(values);
    const ratio = spread(ratios(values, floor));
    const besides = `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)})`;
    return [titleOf(name), median.toFixed(2), `${low.toFixed(2)} – ${high.toFixed(2)}`, besides];
  });
  return table(['', 'µs', 'quarters', 'of “hand-written, checked”'], rows);
}

export function bursts(measured: ReadonlyMap<ClientName, readonly Burst[]> = new Map()): string {
  const floor = (measured.get('checkedFloor') ?? []).map(({ ms }) => ms);
  const rows = [...measured].map(([name, all]) => {
    const times = all.map(({ ms }) => ms);
    const { low, median, high } = spread(times);
    return [
      titleOf(name),
      `${median.toFixed(0)} (${low.toFixed(0)} – ${high.toFixed(0)})`,
      quantile(ratios(times, floor), 0.5).toFixed(2),
      range(all.map(({ refreshes }) => refreshes)),
      range(all.map(({ rejected }) => rejected)),
      range(all.map(({ failed }) => failed)),
    ];
  });
  return table(['', 'ms', 'of “hand-written, checked”', 'refreshes', '401s', 'requests lost'], rows);
}

export function tabs(measured: Figures['tabs']): string {
  const cell = ({ refreshes, reuseAlarms, failedCalls }: TabsReport) => [
    count(refreshes),
    count(reuseAlarms),
    count(failedCalls),
  ];
  const rows = [...measured].map(([name, { strict, lenient }]) => [titleOf(name), ...cell(strict), ...cell(lenient)]);
  const heads = ['refreshes', 'reuse alarms', 'calls lost'];
  return table(['', ...heads, ...heads.map(head => `${head}, 10 s grace`)], rows);
}

export function starts(measured: Figures['starts']): string {
  const rows = [...measured].map(([name, all]) => {
    const { low, median, high } = spread(all.map(({ ms }) => ms));
    const tasks = range(all.map(({ tasks }) => tasks));
    return [titleOf(name), tasks, median.toFixed(2), `${low.toFixed(2)} – ${high.toFixed(2)}`];
  });
  return table(['', 'tasks in between', 'ms', 'quarters'], rows);
}

export function pageLoads(measured: Figures['pageLoads']): string {
  const floors = (['floor', 'interceptorFloor'] as const).map(name => ({ name, times: measured.get(name) ?? [] }));
  const rows = [...measured].map(([name, times]) => {
    if (times.some(Number.isNaN)) return [titleOf(name), 'no response', '', ...floors.map(() => '')];
    const { low, median, high } = spread(times);
    const besides = floors.map(floor => quantile(ratios(times, floor.times), 0.5).toFixed(2));
    return [titleOf(name), median.toFixed(0), `${low.toFixed(0)} – ${high.toFixed(0)}`, ...besides];
  });
  return table(['', 'ms', 'quarters', ...floors.map(({ name }) => `of “${titleOf(name)}”`)], rows);
}

export function leftovers(measured: Figures['leftovers']): string {
  const rows = [...measured].map(([name, { done, listeners, timers, heapKilobytes, ms }]) => [
    titleOf(name),
    count(done),
    count(listeners),
    count(timers),
    count(heapKilobytes),
    (ms / done).toFixed(2),
  ]);
  return table(['', 'refreshes', 'listeners left', 'timers left', 'heap grown by, kB', 'ms for one'], rows);
}

export function sizes(measured: Figures['sizes']): string {
  const rows = [...measured].map(([name, { minified, gzip, brotli }]) => [
    nameOf(name),
    ...[minified, gzip, brotli].map(kilobytes),
  ]);
  return table(['kB', 'minified', 'gzip', 'brotli'], rows);
}

export function limits(measured: Figures['sizes']): string {
  const rows = (Object.keys(imports) as Import[]).map(name => {
    const { limit, target } = budgets[name];
    const gzip = counted(measured, name);
    const what = titleOfImport(name);
    const missedBy = target === undefined ? ['', ''] : [kilobytes(target), `${(gzip / target).toFixed(1)} ×`];
    return [what, kilobytes(gzip), kilobytes(limit), ...missedBy];
  });
  return table(['kB, gzip', 'now', 'limit', 'target', 'of the target'], rows);
}

export function parts(measured: Figures['sizes']): string {
  const names: readonly Import[] = ['Session and Bearer of ./core', './core', '.', './oidc with ./core'];
  const all = new Set(names.flatMap(name => [...(measured.get(name)?.parts.keys() ?? [])]));
  const of = (name: Import, part: string) => measured.get(name)?.parts.get(part) ?? 0;
  const most = (part: string) => Math.max(...names.map(name => of(name, part)));
  const sorted = [...all].sort((one, other) => most(other) - most(one));
  const rows = sorted.map(part => {
    const bytes = names.map(name => of(name, part));
    return [`\`${part}\``, ...bytes.map(n => (n === 0 ? '' : kilobytes(n)))];
  });
  return table(['kB, minified', ...names.map(nameOf)], rows);
}

function titleOfImport(name: Import): string {
  const { besides } = budgets[name];
  return besides ? `${nameOf(name)}, without what ${nameOf(besides)} takes` : nameOf(name);
}

function nameOf(imported: string): string {
  return imported.replaceAll(/(?<![\w-])\.(?:\/[\w-]+)?/g, door => `\`${door}\``);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|---|${heads
    .slice(1)
    .map(() => '---:|')
    .join('')}`;
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

export function titleOf(name: string): string {
  return name in clientTitles ? clientTitles[name as ClientName] : name;
}

function range(values: readonly number[]): string {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return least === most ? count(least) : `${count(least)} – ${count(most)}`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}
