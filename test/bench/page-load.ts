import type { Browser } from 'playwright-core';
import type { ClientName } from '../peers/clients/all.js';
import { logInAt, startPeerServer } from '../peers/peer-server.js';
import { launchChromium } from '../support/tabs.js';
import { inTurn } from './in-turn.js';

const hourMs = 3_601_000;
const latencyMs = 50;
const maxWaitMs = 15_000;

/**
 * Milliseconds from the start of a navigation to the first API response, for a page whose stored access token has
 * expired, over a network with 50 ms latency. Page, script, refresh and request are four round trips. `NaN` if the
 * request failed.
 */
export async function pageLoads(names: readonly ClientName[], rounds: number): Promise<Map<ClientName, number[]>> {
  const browser = await launchChromium();
  try {
    return await inTurn(names, rounds, name => pageLoad(browser, name));
  } finally {
    await browser.close();
  }
}

async function pageLoad(browser: Browser, name: ClientName): Promise<number> {
  const server = await startPeerServer(name);
  const profile = await browser.newContext();
  try {
    const first = await profile.newPage();
    await first.goto(server.page());
    await first.evaluate(tokens => peer.logIn(tokens), logInAt(server));
    await first.close();
    server.forward(hourMs);
    const page = await profile.newPage();
    await page.addInitScript(ms => {
      globalThis.aheadMs = ms;
    }, hourMs);
    const devTools = await profile.newCDPSession(page);
    const throughput = { downloadThroughput: -1, uploadThroughput: -1 };
    await devTools.send('Network.emulateNetworkConditions', { offline: false, latency: latencyMs, ...throughput });
    await page.goto(server.page(), { waitUntil: 'commit' });
    await page.waitForFunction(() => 'peer' in globalThis);
    return await page.evaluate(
      ms => Promise.race([peer.firstResponse, new Promise<number>(resolve => setTimeout(resolve, ms, Number.NaN))]),
      maxWaitMs,
    );
  } finally {
    await profile.close();
    await server.close();
  }
}
