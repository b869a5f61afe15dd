/** A process that presents the refresh token it is sent, many times at once: `presenting-process.ts <redis port>`. */
import { createClient } from 'redis';
import { issuerOnRedis, type Seen, type Task } from './presentations.js';

process.on('disconnect', () => process.exit());
const port = Number(process.argv[2]);
const client = createClient({ socket: { host: '127.0.0.1', port }, disableOfflineQueue: true });
client.on('error', () => undefined);
await client.connect();

process.on('message', async ({ refreshToken, times, graceSeconds }: Task) => {
  const events: string[] = [];
  const tokens = issuerOnRedis(client as never, graceSeconds, type => events.push(type));
  const requests = Array.from({ length: times }, () => tokens.refresh({ refreshToken }).catch(() => undefined));
  const responses = await Promise.all(requests);
  const successors = responses.flatMap(response => (response === undefined ? [] : [response.refresh_token]));
  process.send?.({ events, successors: [...new Set(successors)] } satisfies Seen);
});
process.send?.('ready');
