import { createHash } from 'node:crypto';
import { logIn, sleepAll } from '../support/open-tab.js';
import { canRunWebKit } from '../support/webkit.mjs';
import { WebKitTabs } from '../support/webkit-tabs.js';

const size = 5_000_000;
const uploads = 10;

describe('a file of 5 MB in WebKit, whose collector runs all the time,', () => {
  let opened: WebKitTabs;

  beforeAll(async () => {
    if (!canRunWebKit()) return;
    const variables = {
      JSC_collectContinuously: '1',
      JSC_collectContinuouslyPeriodMS: '10',
      JSC_useGenerationalGC: '0',
    };
    opened = await WebKitTabs.open(1, { variables });
    await logIn(opened);
  }, 60_000);

  beforeEach(() => {
    if (!canRunWebKit()) pending('WebKit was not found');
    opened.server.received.length = 0;
  });

  afterAll(async () => {
    await opened?.close();
  }, 30_000);

  for (const kind of ['a File', 'a file on disk'] as const) {
    it(`[F111] arrives whole with a fresh token: ${kind}`, async () => {
      for (let upload = 1; upload <= uploads; upload++) expect(await sent(kind)).toEqual(await received(1));
    }, 60_000);

    it(`[F112] arrives whole after its request has waited for a refresh: ${kind}`, async () => {
      for (let upload = 1; upload <= uploads; upload++) {
        await sleepAll(opened, 61_000);
        opened.server.tokens.fail({ delayMs: 300 });
        expect(await sent(kind)).toEqual(await received(1));
      }
    }, 60_000);

    it(`[F112] arrives whole again after a 401: ${kind}`, async () => {
      for (let upload = 1; upload <= uploads; upload++) {
        // A token that is rejected within ten seconds counts as young, and replays are paused.
        await sleepAll(opened, 15_000);
        opened.server.tokens.expireAccess();
        opened.server.tokens.fail({ delayMs: 300 });
        expect(await sent(kind)).toEqual(await received(2));
      }
    }, 60_000);
  }

  async function sent(kind: 'a File' | 'a file on disk') {
    const [page] = opened.tabs;
    const upload = (argument: { kind: typeof kind; size: number }) => tab.uploadFile(argument.kind, argument.size);
    return page?.evaluate(upload, { kind, size });
  }

  /** What the server received: a number of uploads, all of the same file. */
  async function received(count: number) {
    const requests = opened.server.received.filter(({ path }) => path === '/api/file');
    opened.server.received.length = 0;
    expect(requests.length).toBe(count);
    const hashes = await Promise.all(
      requests.map(async ({ body, headers }) => {
        const form = new Response(new Uint8Array(body), { headers: { 'Content-Type': headers['content-type'] ?? '' } });
        const file = (await form.formData()).get('file') as File;
        return createHash('sha256')
          .update(new Uint8Array(await file.arrayBuffer()))
          .digest('hex');
      }),
    );
    expect(new Set(hashes).size).toBe(1);
    return { status: 200, sha256: hashes[0] ?? '' };
  }
});
