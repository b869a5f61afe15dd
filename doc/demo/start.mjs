/** `npm start`: installs missing packages, builds and serves the demo. `-- aurelia2` serves the app in Aurelia 2. Reads `PORT` and `HOST`. */
import { fileURLToPath } from 'node:url';
import { installBetterSqlite3 } from '../../test/support/databases.mjs';
import { installPackages } from '../../test/support/set-up.mjs';

const { PORT, HOST = '127.0.0.1' } = process.env;
const usualPort = 3000;
const [framework = 'aurelia'] = process.argv.slice(2);

try {
  await start();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function start() {
  const port = PORT === undefined ? usualPort : Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is "${PORT}", which is no port: give a number up to 65535, or 0 for any that is free.`);
  }
  if (framework !== 'aurelia' && framework !== 'aurelia2') {
    throw new Error(`"${framework}" is no demo: expected aurelia or aurelia2.`);
  }
  installPackages();
  console.log('Building the demo …');
  const { register } = await import('tsx/esm/api');
  register();
  const { buildDemo } = await import('./build-demo.ts');
  const appFolder = await buildDemo(framework);
  const { demoServer } = await import('./server/demo-server.ts');
  const sessions = await durableSessions();
  const server = demoServer({ appFolder, ...(sessions && { sessions }) });
  const url = await listen(server, port);
  console.log(`\n  The demo: ${url}   (Ctrl-C stops it)\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}

/** Sessions in an SQLite file, or `undefined` if better-sqlite3 cannot be loaded. */
async function durableSessions() {
  if (!installBetterSqlite3({ compile: false })) {
    console.log(
      'Sessions end when the demo stops: better-sqlite3 cannot be loaded. `npm test` installs or compiles it.',
    );
    return undefined;
  }
  const { durableSessions: open } = await import('./server/durable-sessions.ts');
  return open(fileURLToPath(new URL('../../.demo/sessions/', import.meta.url)));
}

/** A port that was asked for must be free; the usual one is only a wish. */
async function listen(server, port) {
  try {
    return await server.listen(port, HOST);
  } catch (error) {
    if (error.code === 'EACCES') throw new Error(`Port ${port} needs more rights than this user has. Try PORT=3000.`);
    if (error.code !== 'EADDRINUSE') throw error;
    if (PORT !== undefined) {
      throw new Error(
        `Port ${port} is taken by another program. Choose another one, for example: PORT=${port + 1} npm start`,
      );
    }
    return server.listen(0, HOST);
  }
}
