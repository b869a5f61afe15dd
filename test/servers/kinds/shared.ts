import { generateKeyPairSync } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { OpenIdConnectOptions } from '../../../src/oidc.js';

/** A refresh request of a public client (RFC 6749 §6). */
export function refreshForm(clientId: string): (refreshToken: string) => RequestInit {
  return refreshToken => ({
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }),
  });
}

/** A refresh request with a JSON body. */
export function refreshJson(name: string): (refreshToken: string) => RequestInit {
  return refreshToken => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ [name]: refreshToken }),
  });
}

/** Options of the OpenID Connect client that are the same for all providers. */
export function oidcOptions(issuer: string, clientId: string, scope: string): OpenIdConnectOptions {
  return {
    issuer,
    clientId,
    scope,
    redirectUri: '/',
    postLogoutRedirectUri: '/',
    renewal: 'refresh-token',
  };
}

/** Fills in a sign-in page with two fields and a button. */
export async function fillSignIn(page: Page, password = 'secret'): Promise<void> {
  await page.locator('input[name="username"]').fill('ann');
  await page.locator('input[name="password"]').fill(password);
  await page.locator('button:visible').click();
}

/** A new RSA key in PEM format. */
export function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
