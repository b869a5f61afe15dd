import { redisStore } from 'aurelia-auth-refresh/server';
import { createClient } from 'redis';

const client = createClient({ url: process.env['REDIS_URL'] ?? 'redis://localhost', disableOfflineQueue: true });
client.on('error', error => console.error(error));
await client.connect();
export const store = redisStore(client);
