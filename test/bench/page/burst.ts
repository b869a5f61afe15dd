import { type ClientName, clientKinds } from '../../peers/clients/all.js';
import type { Client } from '../../peers/clients/client.js';
import { sleep, stopwatch, Wire } from './wire.js';

export interface Burst {
  readonly ms: number;
  readonly refreshes: number;
  /** Requests that received a 401 before their final response. */
  readonly rejected: number;
  /** Requests that did not receive a successful response. */
  readonly failed: number;
}

/** Concurrent requests one second after the access token expired, in a page that was active before. */
export async function burst(name: ClientName, count: number, latencyMs: number): Promise<Burst> {
  localStorage.clear();
  const wire = new Wire(latencyMs);
  const client = await clientKinds[name].open();
  await client.logIn(wire.logIn());
  await sendAll(client, 200);
  await client.refresh();
  await sendAll(client, 200);
  const refreshesBefore = wire.server.refreshes.length;
  const callsBefore = wire.server.calls.length;
  sleep(3_601_000);
  const startMs = stopwatch();
  const outcomes = await sendAll(client, count);
  const ms = stopwatch() - startMs;
  const { refreshes, calls } = wire.server;
  await client.logOut();
  wire.close();
  return {
    ms,
    refreshes: refreshes.length - refreshesBefore,
    rejected: calls.slice(callsBefore).filter(({ status }) => status === 401).length,
    failed: outcomes.filter(ok => !ok).length,
  };
}

/** Whether each request received a successful response. */
function sendAll(client: Client, count: number): Promise<boolean[]> {
  const requests = Array.from({ length: count }, (_, index) => client.send(`/api/things/${index}`));
  return Promise.all(
    requests.map(request =>
      request.then(
        // The predecessor resolves some requests with `undefined`.
        (response: Response | undefined) => response?.ok === true,
        () => false,
      ),
    ),
  );
}
