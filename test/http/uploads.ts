import { type BearerOptions, protectedUrls } from '../../src/core.js';
import type { FakeTokenServer } from '../../src/testing.js';
import { houseWithBearer } from './support.js';

const fileBytes = 200_000;

/** Bodies as apps send them, made anew for each request so that only the request refers to them. */
export const bodies: Record<string, () => BodyInit> = {
  'a form with a file': () => {
    const form = new FormData();
    form.set('a', '1');
    form.set('file', new File([bytes()], 'a.bin'));
    return form;
  },
  'a form with a Blob': () => {
    const form = new FormData();
    form.set('file', new Blob([bytes()]), 'a.bin');
    return form;
  },
  'a Blob': () => new Blob([bytes()]),
  'an ArrayBuffer': () => bytes().buffer,
  URLSearchParams: () => new URLSearchParams({ a: 'x'.repeat(fileBytes) }),
  'a string': () => 'x'.repeat(fileBytes),
};

/** Requests over real HTTP, to a server that responds with the body that it received. */
export function uploads(options: Partial<BearerOptions> = {}) {
  const { origin } = location;
  const all = houseWithBearer({
    protects: protectedUrls([origin], origin),
    fetch: request => globalThis.fetch(request),
    ...options,
  });
  return {
    ...all,
    signIn: (accessToken?: string) =>
      all.session.logIn({ ...all.server.logIn(), ...(accessToken && { access_token: accessToken }) }),
    upload: async (body: BodyInit) => received(await all.bearer.fetch(`${origin}/echo`, { method: 'POST', body })),
  };
}

export async function sentPlainly(body: BodyInit): Promise<string> {
  return received(await fetch('/echo', { method: 'POST', body }));
}

/** What arrived: the digest of the body, with the boundary between the parts of a form left out. */
export async function received(response: Response): Promise<string> {
  const text = await response.text();
  const boundary = /^--(\S+)\r\n/.exec(text)?.[1];
  const whole = boundary ? text.split(boundary).join('') : text;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(whole));
  return `${response.status} ${whole.length} ${[...new Uint8Array(digest)].join(' ')}`;
}

function bytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(fileBytes).map((_, index) => index % 128);
}

/** Lets real time pass, with the collector at work: no browser has a way to call it. Returns once the server was asked to refresh. */
export async function garbageCollectedDuringRefresh(server: FakeTokenServer): Promise<void> {
  for (let round = 0; round < 20 || server.refreshes.length === 0; round++) {
    const garbage = Array.from({ length: 3000 }, (_, index) => new Array(300).fill(index));
    await new Promise(resolve => setTimeout(resolve, garbage.length / 300));
  }
}
