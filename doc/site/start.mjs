/**
 * `npm run docs`: builds the documentation as a site and serves it. `PORT` and `HOST` say where. `-- --build` only builds it;
 * `-- --write` brings up to date what the pages take from the source.
 */
import { once } from 'node:events';
import { installPackages } from '../../test/support/set-up.mjs';

const { PORT = '0', HOST = '127.0.0.1' } = process.env;
const [wish] = process.argv.slice(2);

try {
  installPackages();
  const { register } = await import('tsx/esm/api');
  register();
  if (wish === '--write') await write();
  else if (wish === '--build') console.log(`The documentation: ${await build()}/index.html`);
  else if (wish === undefined) await serve(await build());
  else throw new Error(`"${wish}" is none of --build and --write.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function write() {
  const { writeMadePages } = await import('./write.ts');
  for (const complaint of await writeMadePages()) console.warn(complaint);
}

async function build() {
  const { buildSite } = await import('./build-site.ts');
  return buildSite();
}

async function serve(folder) {
  const { default: express } = await import('express');
  const server = express().use(express.static(folder)).listen(Number(PORT), HOST);
  await once(server, 'listening');
  console.log(`\n  The documentation: http://${HOST}:${server.address().port}/   (Ctrl-C stops it)\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}
