import { bodies, garbageCollectedDuringRefresh, received, sentPlainly, uploads } from './uploads.js';

describe('a request body', () => {
  for (const [what, body] of Object.entries(bodies)) {
    it(`[C-43] [F111] is sent whole with a fresh token: ${what}`, async () => {
      const { upload, signIn } = uploads();
      signIn();
      expect(await upload(body())).toEqual(await sentPlainly(body()));
    });

    it(`[C-43] [F112] is sent whole after waiting for a token: ${what}`, async () => {
      const { upload, signIn, clock, server } = uploads();
      signIn();
      await clock.sleep(61_000);
      server.fail({ delayMs: 1000 });
      const response = upload(body());
      await garbageCollectedDuringRefresh(server);
      await clock.advance(1000);
      expect(await response).toEqual(await sentPlainly(body()));
    });

    it(`[C-43] [F66] [F112] is sent whole again after a 401: ${what}`, async () => {
      const { upload, signIn, clock, server } = uploads();
      signIn('stale');
      server.fail({ delayMs: 1000 });
      const response = upload(body());
      await garbageCollectedDuringRefresh(server);
      await clock.advance(1000);
      expect(await response).toEqual(await sentPlainly(body()));
      expect(server.refreshes.length).toBe(1);
    });
  }

  for (const kilobytes of [1, 60]) {
    it(`is replayed after a 401 with keepalive: ${kilobytes} kB`, async () => {
      const { bearer, signIn } = uploads();
      signIn('stale');
      const body = 'x'.repeat(kilobytes * 1024);
      const response = await bearer.fetch('/echo', { method: 'POST', body, keepalive: true });
      expect(await received(response)).toBe(await sentPlainly(body));
    });
  }

  it('is replayed after a 401 with keepalive that arrived long before the new token', async () => {
    const { bearer, signIn, server, clock } = uploads();
    for (let round = 0; round < 3; round++) {
      signIn('stale');
      server.fail({ delayMs: 1000 });
      const body = 'x'.repeat(60 * 1024);
      const response = bearer.fetch('/echo', { method: 'POST', body, keepalive: true });
      while (server.refreshes.length === round) await new Promise(resolve => setTimeout(resolve));
      for (let other = 0; other < 5; other++) await sentPlainly('');
      await clock.advance(1000);
      expect(await received(await response)).toBe(await sentPlainly(body));
    }
  });

  it('[F67] is handled as by fetch when it is a stream', async () => {
    const { bearer, signIn } = uploads();
    signIn();
    const init = () => ({ method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' });
    const outcome = (sent: Promise<Response>) => sent.then(received, ({ name }: Error) => name);
    expect(await outcome(bearer.fetch('/echo', init()))).toBe(await outcome(fetch('/echo', init())));
  });

  it('[F111] is never read through Request.body, whose getter makes a stream of it in WebKit', async () => {
    const original = Object.getOwnPropertyDescriptor(Request.prototype, 'body');
    const looked = jasmine.createSpy('Request.body');
    Object.defineProperty(Request.prototype, 'body', { get: looked, configurable: true });
    const { upload, signIn, server } = uploads();
    signIn('stale');
    const digest = await upload('a');
    if (original) Object.defineProperty(Request.prototype, 'body', original);
    else Reflect.deleteProperty(Request.prototype, 'body');
    expect(looked).not.toHaveBeenCalled();
    expect(digest).toBe(await sentPlainly('a'));
    expect(server.refreshes.length).toBe(1);
  });
});
