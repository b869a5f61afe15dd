import type { ClientName } from '../peers/client-titles.js';
import type { Figures } from './figures.js';
import { quantile, ratios } from './statistics.js';
import { table, titleOf } from './tables.js';

export const ours = ['core', 'aurelia'] as const satisfies readonly ClientName[];

type Our = (typeof ours)[number];

interface Verdict {
  readonly measured: string;
  readonly isMet: boolean;
}

interface Aim {
  readonly what: string;
  verdict(figures: Figures, name: Our): Verdict;
}

/** Targets of the benchmark. */
const aims: readonly Aim[] = [
  {
    what: 'a request costs at most 1.35 × “hand-written, checked”',
    verdict: ({ authorising }, name) => atMost(1.35, authorising[name], authorising['checkedFloor']),
  },
  {
    what: 'and at most a fiftieth of aurelia-authentication',
    verdict: ({ authorising }, name) => atMost(1 / 50, authorising[name], authorising['predecessor']),
  },
  {
    what: '1,000 requests after expiry take at most 1.1 × “hand-written, checked”, with Aurelia in an HttpClient as well',
    verdict: ({ bursts }, name) => {
      const times = (of: ClientName) => bursts[1000]?.get(of)?.map(({ ms }) => ms);
      return atMost(1.1, times(name), times(name === 'aurelia' ? 'interceptorFloor' : 'checkedFloor'));
    },
  },
  {
    what: 'with one refresh and no 401, and none is lost',
    verdict: ({ bursts }, name) =>
      always(bursts[1000]?.get(name), one => one.refreshes === 1 && one.rejected === 0 && one.failed === 0),
  },
  {
    what: 'tabs that wake up at once never present a refresh token twice, and lose nothing',
    verdict: ({ tabs }, name) =>
      always(listed(tabs.get(name)?.strict), one => one.reuseAlarms === 0 && one.failedCalls === 0),
  },
  {
    what: 'a page with a fresh token is ready within the task that asks for it',
    verdict: ({ starts }, name) => always(starts.get(name), ({ tasks }) => tasks === 0),
  },
  {
    what: 'and in at most 0.67 × (core) or 0.93 × (Aurelia) the time of aurelia-authentication',
    verdict: ({ starts }, name) => {
      const times = (of: ClientName) => starts.get(of)?.map(({ ms }) => ms);
      return atMost(name === 'aurelia' ? 0.93 : 0.67, times(name), times('predecessor'));
    },
  },
  {
    what: 'a page opened after expiry has its first response after at most 1.05 × (core) “hand-written”, or 1.10 × (Aurelia) that in an Aurelia app',
    verdict: ({ pageLoads }, name) =>
      name === 'aurelia'
        ? atMost(1.1, pageLoads.get(name), pageLoads.get('interceptorFloor'))
        : atMost(1.05, pageLoads.get(name), pageLoads.get('floor')),
  },
  {
    what: 'a refresh costs at most 1.2 ms',
    verdict: ({ leftovers }, name) => {
      const { ms, done } = leftovers.get(name) ?? { ms: Number.NaN, done: 1 };
      return { measured: `${(ms / done).toFixed(2)} ms`, isMet: ms / done <= 1.2 };
    },
  },
  {
    what: 'refreshes leave no listener and no timer',
    verdict: ({ leftovers }, name) =>
      always(listed(leftovers.get(name)), ({ listeners, timers }) => listeners === 0 && timers === 0),
  },
];

/** Targets that the figures miss. */
export function missedAims(figures: Figures): string[] {
  return aims.flatMap(({ what, verdict }) =>
    ours.flatMap(name => {
      const { measured, isMet } = verdict(figures, name);
      return isMet ? [] : [`${titleOf(name)}: ${what}: ${measured}`];
    }),
  );
}

export function aimsTable(figures: Figures): string {
  const rows = aims.map(({ what, verdict }) => [
    what,
    ...ours.map(name => {
      const { measured, isMet } = verdict(figures, name);
      return isMet ? measured : `**missed**: ${measured}`;
    }),
  ]);
  return table(['', ...ours.map(titleOf)], rows);
}

/** Median of the ratios of each round. */
function atMost(limit: number, values: readonly number[] = [], others: readonly number[] = []): Verdict {
  const ratio = quantile(ratios(values, others), 0.5);
  return { measured: ratio < 0.1 ? `1/${(1 / ratio).toFixed(0)}` : `${ratio.toFixed(2)} ×`, isMet: ratio <= limit };
}

function always<T>(values: readonly T[] = [], holds: (value: T) => boolean): Verdict {
  const times = values.filter(holds).length;
  const isMet = values.length > 0 && times === values.length;
  return { measured: isMet ? 'yes' : `${times} of ${values.length} times`, isMet };
}

function listed<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
