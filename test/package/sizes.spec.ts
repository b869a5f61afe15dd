import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgets, counted, type Import, imports, type Size, sizeOf } from './support/sizes.js';
import { link, unpack } from './support/tarball.js';

describe('a page', () => {
  const sizes = new Map<string, Size>();

  beforeAll(async () => {
    const app = await mkdtemp(join(tmpdir(), 'app-'));
    await unpack(app);
    await link(['idb-keyval', 'jwt-decode', 'oauth4webapi', 'aurelia-api'], app);
    for (const [name, source] of Object.entries(imports)) sizes.set(name, await sizeOf(source, app));
    await rm(app, { recursive: true });
  }, 60_000);

  for (const name of Object.keys(imports) as Import[]) {
    const { limit, besides } = budgets[name];
    it(`loads less than ${limit} gzip bytes for ${name}${besides ? `, of which it has ${besides} anyway` : ''}`, () => {
      expect(counted(sizes, name)).toBeLessThan(limit);
    });
  }

  it('loads no code for names that it does not import from ./core', () => {
    const { parts } = sizes.get('Session and Bearer of ./core')!;
    expect([...parts.keys()].sort()).toEqual(['errors.js', 'http/', 'jwt-decode', 'session/']);
  });
});
