/**
 * Builds what the package ships: `dist/native-modules` (ESM) and `dist/commonjs`, each with its typings, and the page that an OpenID
 * provider sends windows back to, `dist/callback.html` with its script.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = fileURLToPath(new URL('../../node_modules/@typescript/native/bin/tsc', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
compile('dist/native-modules');
compile('dist/commonjs', '--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false');
writeFileSync(`${root}dist/commonjs/package.json`, '{ "type": "commonjs" }\n');
copyCallbackPage();

function compile(outDir, ...options) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', outDir, ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    rmSync(`${root}dist`, { recursive: true, force: true });
    console.error(`The build failed: ${outDir} was not written, dist/ is gone.`);
    process.exit(1);
  }
}

function copyCallbackPage() {
  copyFileSync(`${root}src/oidc/callback.html`, `${root}dist/callback.html`);
  buildSync({
    entryPoints: [`${root}src/oidc/callback-page.ts`],
    outfile: `${root}dist/callback.js`,
    target: 'es2019',
    logLevel: 'warning',
  });
}
