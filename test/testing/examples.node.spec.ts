import { readdirSync, readFileSync } from 'node:fs';
import { Session } from '../../src/core.js';
import * as testing from '../../src/testing.js';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Examples in a module's docstrings, by the documented name. */
function examplesIn(path: string): [name: string, code: string][] {
  const docstrings = read(path).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:class|function) (\w+)/g);
  return [...docstrings].flatMap(([, text = '', name = '']) => {
    const [, example] = text.split('@example');
    return example === undefined ? [] : [[name, example.replace(/^ *\* ?/gm, '')]];
  });
}

describe('the testing entry point', () => {
  const modules = readdirSync(new URL('src/testing/', root)).map(file => `src/testing/${file}`);
  const examples = modules.flatMap(examplesIn);

  it('has an example on every name that beginners use', () => {
    expect(examples.map(([name]) => name).sort()).toEqual(['FakeTokenServer', 'TestBrowser', 'TestClock']);
  });

  for (const [name, code] of examples) {
    it(`runs the example of ${name}`, async () => {
      const scope = { Session, expect, ...testing };
      const run = new Function(...Object.keys(scope), `return (async () => {${code}})();`);
      await expectAsync(run(...Object.values(scope)) as Promise<void>).toBeResolved();
    });
  }
});

describe('doc/testing.md', () => {
  for (const path of ['test/testing/profile.ts', 'test/testing/view-model.spec.ts']) {
    it(`shows ${path} as it runs`, () => {
      expect(read('doc/testing.md').includes(read(path).trim()))
        .withContext(path)
        .toBeTrue();
    });
  }
});
