import { type BearerOptions, protectedUrls } from '../../src/core.js';
import type { FakeTokenServer } from '../../src/testing.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { houseWithBearer } from './support.js';

const fileBytes = 200_000;

/** Bodies as apps send them, created for each request so that only the request refers to them. */
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
  'a form with several files': () => {
    const form = new FormData();
    for (const name of ['a', 'b']) form.append('files', new File([bytes()], `${name}.bin`, { type: 'text/x' }));
    form.append('empty', new File([], 'empty'));
    return form;
  },
  'a form of text': () => {
    const form = new FormData();
    form.set('a', 'ä');
    return form;
  },
  'a Blob': () => new Blob([bytes()]),
  'a File': () => new File([bytes()], 'a.bin', { type: 'text/x' }),
  'an ArrayBuffer': () => bytes().buffer,
  'a typed array': () => bytes().subarray(5, 500),
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

/** Collects garbage after the server was asked to refresh. */
export async function garbageCollectedDuringRefresh(server: FakeTokenServer): Promise<void> {
  while (server.refreshes.length === 0) await new Promise(resolve => setTimeout(resolve));
  await collectGarbage();
}
