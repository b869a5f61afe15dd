/** A process that presents the refresh token it is sent, many times at once: `presenting-process.ts <address of the store>`. */
import { presentingIssuer, type Seen, type Task } from './presentations.js';
import { storeAt } from './shared-databases.js';

process.on('disconnect', () => process.exit());
const store = await storeAt(process.argv[2] ?? '');

process.on('message', async ({ refreshToken, times, graceSeconds }: Task) => {
  const events: string[] = [];
  const tokens = presentingIssuer(store, graceSeconds, type => events.push(type));
  const requests = Array.from({ length: times }, () => tokens.refresh({ refreshToken }).catch(() => undefined));
  const responses = await Promise.all(requests);
  const successors = responses.flatMap(response => (response === undefined ? [] : [response.refresh_token]));
  process.send?.({ events, successors: [...new Set(successors)] } satisfies Seen);
});
process.send?.('ready');
