import { ours } from './aims.js';
import type { Figures } from './figures.js';
import type { Bar, Plot } from './plot.js';
import { quantile } from './statistics.js';
import { count, titleOf } from './tables.js';

/** The plots of the page, by name. */
export function plots(figures: Figures): Readonly<Record<string, Plot>> {
  return {
    authorising: {
      title: 'Authorising one request, µs (logarithmic)',
      bars: Object.entries(figures.authorising).map(([name, values = []]) =>
        bar(name, quantile(values, 0.5), median => `${median.toFixed(median < 10 ? 1 : 0)} µs`),
      ),
      logarithmic: true,
    },
    burst: {
      title: '1,000 requests at once after expiry, ms to the last response',
      bars: [...(figures.bursts[1000] ?? [])].map(([name, all]) => {
        const times = all.map(({ ms }) => ms);
        return bar(name, quantile(times, 0.5), median => `${median.toFixed(0)} ms${lost(all[0]?.failed)}`);
      }),
    },
    tabs: {
      title: 'Eight tabs wake up ten times: refreshes, where ten are enough',
      bars: [...figures.tabs].map(([name, { strict }]) =>
        bar(name, strict.refreshes, refreshes => `${count(refreshes)}${lost(strict.failedCalls)}`),
      ),
    },
    starts: {
      title: 'A page that is opened before expiry, ms to its first authorised request',
      bars: [...figures.starts].map(([name, all]) => {
        const times = all.map(({ ms }) => ms);
        return bar(name, quantile(times, 0.5), median => `${median.toFixed(1)} ms`);
      }),
    },
    pageLoads: {
      title: 'A page that is opened after expiry, ms to its first response',
      bars: [...figures.pageLoads].map(([name, times]) =>
        bar(name, times.some(Number.isNaN) ? Number.NaN : quantile(times, 0.5), median =>
          Number.isNaN(median) ? 'no response' : `${median.toFixed(0)} ms`,
        ),
      ),
    },
  };
}

function bar(name: string, value: number, text: (value: number) => string): Bar {
  return { label: titleOf(name), value, text: text(value), isOurs: ours.some(one => one === name) };
}

function lost(requests = 0): string {
  return requests > 0 ? `, ${count(requests)} lost` : '';
}
