import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgets, counted, type Import, imports, type Size, sizeOf } from './support/sizes.js';
import { link, root, unpack } from './support/tarball.js';

/** The row of each import in the table of the README. */
const rows: Readonly<Record<Import, string>> = {
  '.': '`aurelia-auth-refresh` ',
  './core': '`aurelia-auth-refresh/core` ',
  './oidc with ./core': '`aurelia-auth-refresh/oidc` ',
  './aurelia-api with .': '`aurelia-auth-refresh/aurelia-api` ',
  './aurelia2 with Session and Bearer': '`aurelia-auth-refresh/aurelia2` ',
  './devtools with Session and Bearer': '`aurelia-auth-refresh/devtools` ',
  'Session and Bearer of ./core': '`Session` and `Bearer` of it ',
};

describe('a page', () => {
  const sizes = new Map<string, Size>();

  beforeAll(async () => {
    const app = await mkdtemp(join(tmpdir(), 'app-'));
    await unpack(app);
    await link(['idb-keyval', 'jwt-decode', 'oauth4webapi', 'aurelia-api'], app);
    for (const [name, source] of Object.entries(imports)) sizes.set(name, await sizeOf(source, app));
    await rm(app, { recursive: true });
  }, 120_000);

  for (const name of Object.keys(imports) as Import[]) {
    const { limit, besides } = budgets[name];
    it(`loads less than ${limit} gzip bytes for ${name}${besides ? `, of which it has ${besides} anyway` : ''}`, () => {
      expect(counted(sizes, name)).toBeLessThan(limit);
    });
  }

  it('is as large as README.md says', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    for (const [name, row] of Object.entries(rows)) {
      const limit = Math.round(budgets[name as Import].limit / 1000);
      expect(readme).toMatch(new RegExp(`^\\| ${row}.*\\| ${limit} kB[^|]* \\|$`, 'm'));
    }
  });

  it('loads no code for names that it does not import from ./core', () => {
    const { parts } = sizes.get('Session and Bearer of ./core')!;
    expect([...parts.keys()].sort()).toEqual(['errors.js', 'http/', 'jwt-decode', 'session/']);
  });
});
