import { type ClientName, clientKinds } from '../../peers/clients/all.js';
import type { Client } from '../../peers/clients/client.js';
import { sleep, stopwatch, Wire } from './wire.js';

export interface Burst {
  readonly ms: number;
  readonly refreshes: number;
  /** Requests that were answered with 401 on the way. */
  readonly rejected: number;
  /** Requests whose caller got no proper answer. */
  readonly failed: number;
}

/** So many requests at once, a second after the access token expired, in a page that was in use until then. */
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

/** Whether each got a proper answer. */
function sendAll(client: Client, count: number): Promise<boolean[]> {
  const requests = Array.from({ length: count }, (_, index) => client.send(`/api/things/${index}`));
  return Promise.all(
    requests.map(request =>
      request.then(
        // The predecessor answers some with nothing.
        (response: Response | undefined) => response?.ok === true,
        () => false,
      ),
    ),
  );
}
