import { discard } from '../../src/http/discard.js';
import { copyOf } from '../../src/http/request-copy.js';

const url = 'https://api.example/x';
const plain = new Request(url);
const keepalive = new Request(url, { keepalive: true });

/** A response whose body goes on and on, in chunks of 1 KiB. */
function endless({ failsAfter = Number.POSITIVE_INFINITY } = {}) {
  const seen = { pulls: 0, cancels: 0 };
  const body = new ReadableStream(
    {
      pull: controller => {
        if (seen.pulls++ < failsAfter) controller.enqueue(new Uint8Array(1024));
        else controller.error(new TypeError('network error'));
      },
      cancel: () => {
        seen.cancels++;
        throw new Error('too late');
      },
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body), seen };
}

describe('discard()', () => {
  it('cancels a response without reading it', async () => {
    const { response, seen } = endless();
    await discard(response, plain);
    expect(seen).toEqual({ pulls: 0, cancels: 1 });
  });

  it('reads the response to a keepalive request', async () => {
    const response = new Response('no');
    await discard(response, keepalive);
    expect(response.bodyUsed).toBeTrue();
  });

  it('reads the response to a keepalive request for up to a second', async () => {
    jasmine.clock().install();
    const seen = { cancels: 0 };
    const body = new ReadableStream({ cancel: () => void seen.cancels++ });
    const discarded = discard(new Response(body), keepalive);
    jasmine.clock().tick(999);
    expect(seen.cancels).toBe(0);
    jasmine.clock().tick(1);
    jasmine.clock().uninstall();
    await discarded;
    expect(seen.cancels).toBe(1);
  });

  it('cancels the response in a browser without Request.keepalive: Firefox before 133', async () => {
    spyOnProperty(Request.prototype, 'keepalive').and.returnValue(undefined as unknown as boolean);
    const { response, seen } = endless();
    await discard(response, keepalive);
    expect(seen).toEqual({ pulls: 0, cancels: 1 });
    const post = new Request(url, { method: 'POST', body: 'text' });
    expect(await copyOf(post, 'error').text()).toBe('text');
  });

  it('resolves if the connection breaks, if there is no body, and if the body is being read elsewhere', async () => {
    const { response, seen } = endless({ failsAfter: 2 });
    await discard(response, keepalive);
    expect(seen).toEqual({ pulls: 3, cancels: 0 });
    await discard(new Response(null), keepalive);
    const read = new Response('no');
    const reader = read.body?.getReader();
    await discard(read, keepalive);
    expect((await reader?.read())?.done).toBeFalse();
  });
});
