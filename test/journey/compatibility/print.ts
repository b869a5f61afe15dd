import { compare } from './compare.js';

const [, , only = ''] = process.argv;
const startMs = performance.now();
const comparisons = await compare(({ member }) => member.includes(only));
for (const { member, given, use, outcomes, alike } of comparisons) {
  if (alike) continue;
  console.log(`${member}: ${given}: ${use}\n    3.8.3  ${outcomes[0]}\n    here   ${outcomes[1]}`);
}
const alike = comparisons.filter(one => one.alike).length;
console.log(`${comparisons.length} rows: ${alike} alike, ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
