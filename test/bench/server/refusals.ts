/**
 * Measures how long the refresh middleware takes to reject each kind of invalid refresh token: `npm run
 * bench:refusals`. Timing must not reveal which check a guessed token failed.
 */
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { memoryStore, refreshToken, tokenIssuer } from '../../../src/express.js';

const samples = Number(process.env['SAMPLES'] ?? 10_000);
const allowed = 0.05;
const dayMs = 86_400_000;

const { port, causes } = await serve();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const times = new Map(Object.keys(causes).map(cause => [cause, new Float64Array(samples)]));
for (let sample = -samples / 10; sample < samples; sample++) {
  for (const [cause, presented] of shuffled(Object.entries(causes))) {
    const elapsedMs = await refusal(presented);
    if (sample >= 0) (times.get(cause) as Float64Array)[sample] = elapsedMs;
  }
}

const medians = new Map([...times].map(([cause, of]) => [cause, median(of)]));
const usual = median(Float64Array.from(medians.values()));
let alike = true;
for (const [cause, ms] of medians) {
  const ratio = ms / usual;
  alike &&= Math.abs(ratio - 1) <= allowed;
  console.log(`${cause.padEnd(36)}${(ms * 1000).toFixed(0).padStart(6)} µs${ratio.toFixed(3).padStart(8)}`);
}
console.log(`${alike ? 'All' : 'NOT all'} within ${allowed * 100} % of each other's median, ${samples} samples each.`);
process.exit(alike ? 0 : 1);

/** One invalid refresh token for each cause, in its wire format. */
async function serve(): Promise<{ port: number; causes: Record<string, string> }> {
  let now = Date.now();
  const store = memoryStore({ clock: () => now });
  const options = {
    issuer: 'https://login.example.com',
    audience: 'https://api.example.com',
    secret: 'a secret for benchmarks, long enough for HS256',
    refreshToken: { idleLifetimeSeconds: 7 * 86_400, absoluteLifetimeSeconds: 30 * 86_400 },
    clock: () => now,
  };
  const tokens = tokenIssuer({ ...options, store });
  const elsewhere = tokenIssuer({ ...options, store: memoryStore() });
  const expired = (await tokens.issue({ sub: 'ada' })).refresh_token;
  now += 8 * dayMs;
  const revoked = (await tokens.issue({ sub: 'ada' })).refresh_token;
  await tokens.revoke({ refreshToken: revoked });
  const reused = (await tokens.issue({ sub: 'ada' })).refresh_token;
  await tokens.refresh({ refreshToken: (await tokens.refresh({ refreshToken: reused })).refresh_token });
  const genuine = (await elsewhere.issue({ sub: 'ada' })).refresh_token;
  const app = express();
  app.post('/refresh', express.json(), refreshToken(tokens));
  const port = await new Promise<number>(resolve => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  const flipped = genuine.endsWith('A') ? 'B' : 'A';
  return {
    port,
    causes: {
      'forged: of the right form': `${genuine.slice(0, -1)}${flipped}`,
      'genuine, unknown to the store': genuine,
      revoked,
      expired,
      'used before': reused,
    },
  };
}

function refusal(refreshToken: string): Promise<number> {
  const text = JSON.stringify({ grant_type: 'refresh_token', refresh_token: refreshToken });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const sent = request({ agent, port, path: '/refresh', host: '127.0.0.1', method: 'POST', headers }, response => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 400) resolve(performance.now() - begun);
        else reject(new Error(`succeeded ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map(item => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1] ?? Number.NaN;
}
