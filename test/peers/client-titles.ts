import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientName } from './clients/all.js';

export type { ClientName };

/** Titles of the clients in reports, with the installed version of each peer. */
export const clientTitles: Readonly<Record<ClientName, string>> = {
  core: 'ours, ./core',
  aurelia: 'ours, with Aurelia',
  aurelia2: 'ours, with Aurelia 2',
  predecessor: withVersion('aurelia-authentication'),
  oidcClientTs: withVersion('oidc-client-ts'),
  auth0SpaJs: withVersion('@auth0/auth0-spa-js'),
  supabaseAuthJs: withVersion('@supabase/auth-js'),
  axiosAuthRefresh: withVersion('axios-auth-refresh'),
  aurelia2Recipe: withVersion('@aurelia/fetch-client'),
  floor: 'hand-written',
  checkedFloor: 'hand-written, checked',
  interceptorFloor: 'hand-written, checked, in an HttpClient of Aurelia',
  lockedFloor: 'hand-written, with Web Lock and IndexedDB',
  tutorial: 'hand-written, as tutorials teach it',
};

function withVersion(name: string): string {
  const manifest = join(import.meta.dirname, '../../node_modules', name, 'package.json');
  return `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
}
