import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { featuresOfClient } from '../../doc/site/browser-table.js';
import { supportOf } from './support/browser-versions.js';
import { optionalFeatures } from './support/optional-features.js';
import { UsedFeatures } from './support/used-features.js';

/** The README has the versions that these features need: `documentation.spec.ts` compares. */
describe('the features of browsers that the client uses', () => {
  const places = new Map<string, string>();

  beforeAll(() => {
    for (const { feature, place } of [...featuresOfClient().values()].flat()) places.set(feature, place);
  }, 60_000);

  it('are known to the data of MDN', () => {
    const unknown = [...places].filter(([feature]) => supportOf(feature) === undefined);
    expect(unknown).toEqual([]);
    expect(places.size).toBeGreaterThan(200);
  });

  it('are optional only if a spec shows what happens without them', async () => {
    for (const [feature, { file, title }] of Object.entries(optionalFeatures)) {
      expect(places.has(feature)).withContext(`${feature} is used`).toBeTrue();
      const spec = await readFile(join(import.meta.dirname, '..', `${file}.spec.ts`), 'utf8');
      expect(spec.includes(title)).withContext(`${file} proves ${feature}`).toBeTrue();
    }
  });
});

describe('the search for features', () => {
  const newer: readonly [source: string, feature: string, chrome: number][] = [
    ['AbortSignal.any([])', 'AbortSignal.any_static', 116],
    ['AbortSignal.timeout(1)', 'AbortSignal.timeout_static', 103],
    ['new AbortController().signal.throwIfAborted()', 'AbortSignal.throwIfAborted', 100],
    ['structuredClone({})', 'structuredClone', 98],
    ["Object.hasOwn({}, 'x')", 'ObjectConstructor.hasOwn', 93],
    ['[1].at(-1)', 'Array.at', 92],
    ["'x'.at(-1)", 'String.at', 92],
    ["'x'.replaceAll('x', 'y')", 'String.replaceAll', 85],
    ['Response.json({})', 'Response.json_static', 105],
    ['crypto.randomUUID()', 'Crypto.randomUUID', 92],
    ['export const { locks } = navigator', 'NavigatorLocks.locks', 69],
    ["new BroadcastChannel('x')", 'BroadcastChannel', 54],
    ['/(?<=x)y/.test(String())', 'regular_expressions.lookbehind_assertion', 62],
    ['Promise.any([])', 'PromiseConstructor.any', 85],
  ];
  let found: string[][];

  beforeAll(() => {
    const sources = newer.map(([source], index) => [`src/newer-${index}.ts`, `${source};\nexport {};\n`] as const);
    const used = new UsedFeatures(new Map(sources));
    found = sources.map(([file]) => used.of(file).map(({ feature }) => feature));
  }, 60_000);

  for (const [index, [source, feature, chrome]] of newer.entries()) {
    it(`finds ${feature} in ${source}`, () => {
      expect(found[index]).toContain(feature);
      expect(supportOf(feature)?.chrome).toBe(chrome);
    });
  }
});
