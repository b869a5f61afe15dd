import { join } from 'node:path';
import { imports, type Size, sizeOf } from '../package/support/sizes.js';

/** Imports that users of the peers need. */
const othersImports: Readonly<Record<string, string>> = {
  'aurelia-authentication': `export * from 'aurelia-authentication';`,
  'oidc-client-ts': `export { UserManager, WebStorageStateStore } from 'oidc-client-ts';`,
  '@auth0/auth0-spa-js': `export { Auth0Client } from '@auth0/auth0-spa-js';`,
  '@supabase/auth-js': `export { AuthClient } from '@supabase/auth-js';`,
  'axios-auth-refresh': `export { createAuthRefresh } from 'axios-auth-refresh'; export { default as axios } from 'axios';`,
};

export async function sizes(): Promise<Map<string, Size>> {
  const root = join(import.meta.dirname, '../..');
  const measured = new Map<string, Size>();
  for (const [name, source] of Object.entries({ ...imports, ...othersImports })) {
    measured.set(name, await sizeOf(source, root));
  }
  return measured;
}
