import { generateKeyPairSync } from 'node:crypto';
import type { Page } from 'playwright-core';
import { oidc as recipe } from '../../../doc/guides/backends/doorkeeper.js';
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

/** The options of a recipe of the guide, with the URLs of a server that runs. */
export function recipeAt<T extends object>(recipe: T, documented: string, running: string): T {
  return JSON.parse(JSON.stringify(recipe).replaceAll(documented, running));
}

/** Options of the OpenID Connect client for a provider without a recipe of its own. */
export function oidcOptions(issuer: string, clientId: string, scope: string): OpenIdConnectOptions {
  return { ...recipe, issuer, clientId, scope };
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
