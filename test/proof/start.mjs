/** `npm run proof`: installs what is missing, as `npm test` does, and runs the proofs. */
import { installPackages, installPrograms } from '../support/set-up.mjs';

installPackages();
for (const missing of installPrograms()) console.log(`Without ${missing}`);
const { register } = await import('tsx/esm/api');
register();
await import('./run.ts');
