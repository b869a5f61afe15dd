import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { OpenIdConnectOptions } from '../../../src/oidc.js';
import { PeerProvider, type ProviderOptions } from '../../peers/oidc-provider.js';
import { startBrowser } from './browsers/chromium-engine.js';
import { RelyingPartyServer } from './relying-party.js';
import type { RelyingPartyPage } from './relying-party-files.js';

/** A provider and an application. */
export interface OpenIdServers {
  readonly app: RelyingPartyServer;
  readonly provider: PeerProvider;
  close(): Promise<void>;
}

/** With a browser profile of their own. */
export interface OpenIdWorld extends OpenIdServers {
  readonly context: BrowserContext;
  /** Opened at the application's start page. */
  readonly page: Page;
}

interface OpenIdWorldOptions {
  readonly kind: RelyingPartyPage;
  readonly options?: Partial<OpenIdConnectOptions>;
  readonly provider?: Omit<ProviderOptions, 'app'>;
}

export async function openIdServers(world: OpenIdWorldOptions): Promise<OpenIdServers> {
  const app = await RelyingPartyServer.start(world.kind);
  const provider = await PeerProvider.start({ ...world.provider, app: app.origin });
  app.options = {
    issuer: provider.issuer,
    clientId: 'shop',
    scope: 'openid orders',
    redirectUri: '/',
    silentRedirectUri: '/callback.html',
    postLogoutRedirectUri: '/',
    ...world.options,
  };
  return {
    app,
    provider,
    async close() {
      await app.close();
      await provider.close();
    },
  };
}

async function openIdWorld(browser: Browser, world: OpenIdWorldOptions): Promise<OpenIdWorld> {
  const servers = await openIdServers(world);
  const context = await browser.newContext();
  // The provider's pages request a font.
  await context.route(/googleapis/, route => route.abort());
  const page = await context.newPage();
  await page.goto(servers.app.origin);
  return {
    ...servers,
    context,
    page,
    async close() {
      await context.close();
      await servers.close();
    },
  };
}

type MakeWorld = (
  options?: Partial<OpenIdConnectOptions>,
  provider?: Omit<ProviderOptions, 'app'>,
) => Promise<OpenIdWorld>;

/** One browser for the specs of a `describe`, and providers and applications that are closed after each spec. */
export function openIdWorlds(kind: RelyingPartyPage, defaults: Partial<OpenIdConnectOptions> = {}): MakeWorld {
  const worlds: OpenIdWorld[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  }, 30_000);

  afterEach(async () => {
    for (const each of worlds.splice(0)) await each.close();
  }, 30_000);

  afterAll(() => browser.close());

  return async (options = {}, provider = {}) => {
    const made = await openIdWorld(browser, { kind, options: { ...defaults, ...options }, provider });
    worlds.push(made);
    return made;
  };
}

/** Signs in at the provider's pages. */
export async function atProvider(page: Page, user: string): Promise<void> {
  const name = page.getByPlaceholder('Enter any login');
  const consent = page.getByRole('button', { name: 'Continue' });
  await name.or(consent).waitFor();
  if (await name.isVisible()) {
    await name.fill(user);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
  }
  await consent.click();
}
