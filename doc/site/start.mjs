/**
 * `npm run docs`: builds the documentation as a site and serves it. `PORT` and `HOST` set the address. `-- --build` only builds
 * the site; `-- --write` updates the tables that are generated from the source.
 */
import { once } from 'node:events';
import { installPackages } from '../../test/support/set-up.mjs';

const { PORT = '0', HOST = '127.0.0.1' } = process.env;
const [mode] = process.argv.slice(2);

try {
  installPackages();
  const { register } = await import('tsx/esm/api');
  register();
  if (mode === '--write') await write();
  else if (mode === '--build') console.log(`The documentation: ${await build()}/index.html`);
  else if (mode === undefined) await serve(await build());
  else throw new Error(`"${mode}" is none of --build and --write.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function write() {
  const { writeGeneratedParts } = await import('./write.ts');
  await writeGeneratedParts();
}

async function build() {
  const { buildSite } = await import('./build-site.ts');
  return buildSite();
}

async function serve(folder) {
  const { default: express } = await import('express');
  const server = express()
    .use(express.static(folder, { extensions: ['html'] }))
    .listen(Number(PORT), HOST);
  await once(server, 'listening');
  console.log(`\n  The documentation: http://${HOST}:${server.address().port}/   (Ctrl-C stops it)\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}
