/** `npm start`: installs missing packages, builds and serves the demo. `-- aurelia2` serves the app in Aurelia 2. Reads `PORT` and `HOST`. */
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
  const server = demoServer({ appFolder });
  const url = await listen(server, port);
  console.log(`\n  The demo: ${url}   (Ctrl-C stops it)\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
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
