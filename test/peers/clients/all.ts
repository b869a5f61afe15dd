import { aurelia } from './aurelia.js';
import { aurelia2 } from './aurelia2.js';
import { aurelia2Recipe } from './aurelia2-recipe.js';
import { auth0SpaJs } from './auth0-spa-js.js';
import { axiosAuthRefresh } from './axios-auth-refresh.js';
import type { ClientKind } from './client.js';
import { core } from './core.js';
import { checkedFloor, floor, lockedFloor } from './floor.js';
import { interceptorFloor } from './interceptor-floor.js';
import { oidcClientTs } from './oidc-client-ts.js';
import { predecessor } from './predecessor.js';
import { supabaseAuthJs } from './supabase-auth-js.js';
import { tutorial } from './tutorial.js';

/** The clients in order: this package, the peers, the hand-written ones. */
const clients = {
  core,
  aurelia,
  aurelia2,
  predecessor,
  oidcClientTs,
  auth0SpaJs,
  supabaseAuthJs,
  axiosAuthRefresh,
  aurelia2Recipe,
  floor,
  checkedFloor,
  interceptorFloor,
  lockedFloor,
  tutorial,
} as const;

export type ClientName = keyof typeof clients;

export const clientKinds: Readonly<Record<ClientName, ClientKind>> = clients;
