import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Pool } from 'pg';
import { migratePostgres, OAuthError, postgresStore } from '../../../src/server.js';
import { companion } from '../support/companion.js';

/** A message of PostgreSQL's protocol. @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}

/** In one packet: the connection is ready, and the server shuts down. */
const readyAndShutDown = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0')),
]);

it('a PostgreSQL that shuts down as a connection becomes ready does not end the process', async () => {
  const server = createServer(socket =>
    socket.on('error', () => undefined).once('data', () => socket.end(readyAndShutDown)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const pool = new Pool({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: 'test', ssl: false });
  const { tokens } = companion({ store: postgresStore(pool) });
  await expectAsync(tokens.issue({ sub: 'ada' })).toBeRejectedWith(jasmine.any(OAuthError));
  await expectAsync(tokens.checkHealth()).toBeRejectedWith(jasmine.any(OAuthError));
  await expectAsync(migratePostgres(pool)).toBeRejected();
  await pool.end();
  server.close();
});
