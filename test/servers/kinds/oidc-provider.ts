import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import manifest from 'oidc-provider/package.json' with { type: 'json' };
import type { Page } from 'playwright-core';
import { api, PeerProvider } from '../../peers/oidc-provider.js';
import type { RunningServer, ServerKind } from '../server-kind.js';
import { oidcOptions, refreshForm } from './shared.js';

export const oidcProvider: ServerKind = {
  name: 'oidc-provider',
  title: 'oidc-provider',
  packages: [],
  async start({ app, accessTokenSeconds }): Promise<RunningServer> {
    const provider = await PeerProvider.start({ app, accessTokenSeconds, host: '127.0.0.1' });
    const { issuer } = provider;
    return {
      versions: `oidc-provider ${manifest.version}`,
      client: { kind: 'oidc', options: oidcOptions(issuer, 'shop', 'openid orders'), protects: ['/api'] },
      refreshUrl: `${issuer}/token`,
      logoutUrl: `${issuer}/token/revocation`,
      ordersUrl: '/api/orders',
      api: orders(issuer),
      refreshRequest: refreshForm('shop'),
      signIn,
      signOut: async page => {
        await page.getByRole('button', { name: 'Yes, sign me out' }).click();
        await page.waitForURL(url => url.origin === app);
      },
      revokeRefreshTokens: async () => provider.revokeGrants(),
      breakDatabase: async () => {
        provider.breakDatabase();
        return async () => provider.mendDatabase();
      },
      stop: () => provider.close(),
    };
  },
};

/** A resource server that verifies the provider's access tokens. */
function orders(issuer: string): RequestListener {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const respond = async ({ headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: api });
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ user: payload.sub }));
    } catch {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
    }
  };
  return (request, response) => void respond(request, response);
}

async function signIn(page: Page): Promise<void> {
  const name = page.getByPlaceholder('Enter any login');
  const consent = page.getByRole('button', { name: 'Continue' });
  await name.or(consent).waitFor();
  if (await name.isVisible()) {
    await name.fill('ann');
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
  }
  await consent.click();
}
