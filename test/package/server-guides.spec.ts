import { freePort } from '../server/support/http-server.js';
import { redisIsInstalled, startRedis } from '../server/support/redis-server.js';
import { FollowedGuide, type Language } from './support/followed-guide.js';

const languages: readonly Language[] = ['js', 'ts'];

describe('the server guides, followed in an empty folder', () => {
  for (const language of languages) {
    for (const [path, steps] of [
      ['doc/guides/server.md', 17],
      ['doc/guides/token-server.md', 12],
    ] as const) {
      it(`work as ${language}: ${path}`, async () => {
        const port = await freePort();
        const guide = await FollowedGuide.start(language, { PORT: String(port) });
        try {
          await guide.follow(path);
          expect(guide.steps.length).toBeGreaterThanOrEqual(steps);
          expect(guide.steps).toContain('start the server');
          if (language === 'ts') expect(await guide.complaints()).toBe('');
        } finally {
          await guide.stop();
        }
      }, 120_000);
    }

    it(`work as ${language}: doc/guides/server-stores.md`, async () => {
      if (!redisIsInstalled) return pending('redis-server was not found');
      const redis = await startRedis();
      const guide = await FollowedGuide.start(language, { REDIS_URL: `redis://127.0.0.1:${redis.port}` });
      try {
        await guide.follow('doc/guides/server-stores.md');
        expect(guide.steps).toContain('save store');
        if (language === 'js') expect(guide.steps).toContain('node --test');
        else expect(await guide.complaints()).toBe('');
      } finally {
        await guide.stop();
        await redis.stop();
      }
    }, 120_000);
  }
});
