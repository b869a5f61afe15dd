/** For `--import`: runs TypeScript, and resolves `aurelia-auth-refresh/…` to `src` as the guides' files need it. */
import { fileURLToPath } from 'node:url';

process.env.TSX_TSCONFIG_PATH ??= fileURLToPath(new URL('../tsconfig.json', import.meta.url));
await import('tsx');
