/** One server in a process of its own: `server.ts <variant>`. Sends its port, then its CPU time on request. */
import type { AddressInfo } from 'node:net';
import { variants } from './variants.js';

const create = variants[process.argv[2] ?? ''];
if (create === undefined) throw new Error(`No such variant: ${process.argv[2]}`);
const app = await create();
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
// Longer than the rounds of the other variants, so that no idle connection is closed.
server.keepAliveTimeout = 600_000;
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
