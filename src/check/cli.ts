import { createRequire } from 'node:module';
import { runCommand } from './command.js';

const own = createRequire(import.meta.url)('aurelia-auth-refresh/package.json');
const { exitCode, output, error } = runCommand(process.argv.slice(2), own);
process.stdout.write(output);
process.stderr.write(error);
process.exitCode = exitCode;
