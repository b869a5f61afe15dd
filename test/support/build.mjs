/** Builds what the package ships: `dist/native-modules` (ESM) and `dist/commonjs`, each with its typings. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = fileURLToPath(new URL('../../node_modules/@typescript/native/bin/tsc', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
compile('dist/native-modules');
compile('dist/commonjs', '--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false');
writeFileSync(`${root}dist/commonjs/package.json`, '{ "type": "commonjs" }\n');

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
