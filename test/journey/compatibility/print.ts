/**
 * Runs every use of aurelia-authentication with both libraries and prints what differs. An argument chooses the members whose name
 * it is a part of; `--write` updates the migration table and `src/check/members.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { compare } from './compare.js';
import { generatedFiles } from './generated.js';
import { complaints } from './report.js';

const [, , argument = ''] = process.argv;
const writes = argument === '--write';
const startMs = performance.now();
const comparisons = await compare(writes ? undefined : argument);
for (const { member, given, use, outcomes, alike } of comparisons) {
  if (!alike) console.log(`${member}: ${given}: ${use}\n    3.8.3  ${outcomes[0]}\n    here   ${outcomes[1]}`);
}
const found = argument === '' || writes ? complaints(comparisons) : [];
for (const complaint of found) console.error(complaint);
if (writes && found.length === 0) {
  for (const [path, text] of await generatedFiles(comparisons)) await writeFile(path, text);
}
const alike = comparisons.filter(row => row.alike).length;
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(`${comparisons.length} uses: ${alike} alike, ${found.length} complaints, ${seconds} s`);
process.exitCode = found.length > 0 ? 1 : 0;
