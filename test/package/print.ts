/**
 * Prints what a page loads, by module. Needs a build. An argument chooses the imports whose name it is a part of.
 *
 *     npm run sizes -- "Session and Bearer of"
 */
import { join } from 'node:path';
import { budgets, type Import, imports, sizeOf } from './support/sizes.js';

const root = join(import.meta.dirname, '../..');
const [, , part = ''] = process.argv;
const chosen = (Object.keys(imports) as Import[]).filter(name => name.includes(part));
if (chosen.length === 0) throw new Error(`No import set has "${part}" in its name.`);

for (const name of chosen) {
  const { minified, gzip, modules } = await sizeOf(imports[name], root);
  const { limit, besides } = budgets[name];
  console.log(
    `\n${name}: ${minified} bytes, ${gzip} with gzip (limit ${limit}${besides ? ` besides ${besides}` : ''})`,
  );
  console.log('minified    gzip, in proportion');
  for (const [module, bytes] of [...modules].sort(([, one], [, other]) => other - one)) {
    const share = Math.round((gzip * bytes) / minified);
    console.log(`${String(bytes).padStart(8)}${String(share).padStart(8)}  ${module}`);
  }
}
