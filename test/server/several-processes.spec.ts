import { type Presentations, startPresentations } from './support/presentations.js';
import { type RunningRedis, redisIsInstalled, startRedis } from './support/redis-server.js';

describe('four processes on one Redis', () => {
  let redis: RunningRedis | undefined;
  let processes: Presentations | undefined;

  beforeAll(async () => {
    if (!redisIsInstalled) return;
    redis = await startRedis();
    processes = await startPresentations(redis, 4);
  });
  afterAll(async () => {
    processes?.stop();
    await redis?.stop();
  });

  it('[F96] rotate a token once for a hundred concurrent requests, and send one successor to all', async () => {
    if (processes === undefined) return pending('redis-server was not found');
    for (let round = 0; round < 10; round++) {
      const seen = await processes.round(25, 10);
      expect(seen).toEqual({ rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 });
    }
  });

  it('[F96] without a grace period, accept one of a hundred concurrent requests and emit one reuse event', async () => {
    if (processes === undefined) return pending('redis-server was not found');
    for (let round = 0; round < 10; round++) {
      const seen = await processes.round(25, 0);
      expect(seen).toEqual({ rotated: 1, grace: 0, reuse: 1, rejected: 99, successors: 1 });
    }
  });
});
