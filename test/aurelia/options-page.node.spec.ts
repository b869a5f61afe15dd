import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultSettings } from '../../src/aurelia/auth-config.js';

describe('doc/options.md', () => {
  it('lists every option with its default, and no other', async () => {
    const page = await readFile(join(import.meta.dirname, '../../doc/options.md'), 'utf8');
    const [options = ''] = page.split('## A provider');
    const listed = [...options.matchAll(/^\| `(\w+)` \| (?:`(.*?)`|the known ones) \|/gm)].map(([, name, value]) => [
      name,
      value?.replaceAll(' ', ''),
    ]);
    const { providers, ...settings } = defaultSettings();
    const expected = Object.entries(settings).map(([name, value]) => [
      name,
      JSON.stringify(value).replaceAll('"', "'"),
    ]);
    expect(listed.sort()).toEqual([...expected, ['providers', undefined]].sort());
    expect(Object.keys(providers).filter(name => !options.includes(name))).toEqual([]);
  });
});
