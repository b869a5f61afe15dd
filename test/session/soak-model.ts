/**
 * Runs the model of the session: `npm run soak:model [runs] [seed] [path]`, with the values that a failed run
 * printed.
 */
import { runModel } from './model.js';

const [runs = '5000', seed, path] = process.argv.slice(2);
const startMs = performance.now();
await runModel({ runs: Number(runs), ...(seed && { seed: Number(seed) }), ...(path && { path }) });
console.log(`${runs} runs in ${((performance.now() - startMs) / 1000).toFixed(1)} s, nothing wrong`);
