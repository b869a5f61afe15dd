import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** A served application. */
export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves an application on a free port. @param host host name in its address */
export async function listen(app: Express, host: 'localhost' | '127.0.0.1'): Promise<Listening> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
}
