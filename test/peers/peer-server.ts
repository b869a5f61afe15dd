import { HostileServer, type HostileServerOptions } from '../support/hostile-server.js';
import { pageScript } from '../support/page-script.js';
import { type ApartName, apartFiles } from './apart.js';
import type { ClientName } from './clients/all.js';
import { type Tokens, tokenPath } from './clients/client.js';
import { TrialProvider } from './trial-provider.js';

/** Each client's file in `clients/`, and whether it needs Aurelia. */
const modules: Readonly<Record<ClientName | ApartName, { readonly file: string; readonly aurelia?: boolean }>> = {
  core: { file: 'core.js' },
  aurelia: { file: 'aurelia.js', aurelia: true },
  aurelia2: { file: 'aurelia2.js' },
  predecessor: { file: 'predecessor.js', aurelia: true },
  oidcClientTs: { file: 'oidc-client-ts.js' },
  auth0SpaJs: { file: 'auth0-spa-js.js' },
  supabaseAuthJs: { file: 'supabase-auth-js.js' },
  axiosAuthRefresh: { file: 'axios-auth-refresh.js' },
  aurelia2Recipe: { file: 'aurelia2-recipe.js' },
  floor: { file: 'floor.js' },
  checkedFloor: { file: 'floor.js' },
  lockedFloor: { file: 'floor.js' },
  interceptorFloor: { file: 'interceptor-floor.js', aurelia: true },
  tutorial: { file: 'tutorial.js' },
  ...apartFiles,
};

const scripts = new Map<ClientName | ApartName, Promise<string>>();

/** A script with one client, for the page of {@link HostileServer}. */
export function peerScript(name: ClientName | ApartName): Promise<string> {
  const script = scripts.get(name) ?? bundled(name);
  scripts.set(name, script);
  return script;
}

/** What every Aurelia app loads, whether its client uses it or not. */
const framework = `
  import 'aurelia-polyfills';
  import { initialize } from 'aurelia-pal-browser';
  import * as events from 'aurelia-event-aggregator';
  import * as router from 'aurelia-router';
  import * as resources from 'aurelia-templating-resources';
  initialize();
  globalThis.framework = [events, router, resources];`;

function bundled(name: ClientName | ApartName): Promise<string> {
  const { file, aurelia } = modules[name];
  const start = aurelia ? framework : '';
  return pageScript({
    stdin: {
      contents: `${start} import { ${name} } from './clients/${file}'; import { servePeer } from './page.js'; servePeer(${name});`,
      resolveDir: import.meta.dirname,
    },
    minify: true,
    external: ['aurelia-loader-nodejs', 'aurelia-loader-webpack'],
  });
}

/** A module with one client alone. */
export function clientModule(name: ClientName | ApartName): { readonly contents: string; readonly resolveDir: string } {
  const contents = `import { ${name} } from './clients/${modules[name].file}'; globalThis.client = ${name};`;
  return { contents, resolveDir: import.meta.dirname };
}

export interface PeerServerOptions extends Omit<HostileServerOptions, 'script'> {
  /** Returns a script that runs before the client's own. */
  before?(): string;
}

/** The hostile server as the clients expect it: access tokens of one hour, and an id token in each response. */
export async function startPeerServer(
  name: ClientName | ApartName,
  { before = () => '', ...options }: PeerServerOptions = {},
): Promise<HostileServer> {
  const client = await peerScript(name);
  const script = () => `${before()}\n${client}`;
  const server = await HostileServer.start({ tokenPath, accessTokenLifetimeSeconds: 3600, script, ...options });
  providers.set(server, new TrialProvider(server));
  mend(server);
  return server;
}

/** From now on, refreshes succeed. */
export function mend(server: HostileServer): void {
  server.tokens.failAlways({ edit: body => (isRefusal(body) ? body : withIdToken(server, body)) });
}

function isRefusal(body: Record<string, unknown>): boolean {
  return 'error' in body;
}

/** Signs a user in at the provider. Clients that do not leave the page are handed the token response. */
export function logInAt(server: HostileServer, subject = 'ann'): Tokens {
  return providerOf(server).logIn(subject) as unknown as Tokens;
}

/** A token response with an id token, which some clients require in every refresh response. */
export function withIdToken(server: HostileServer, body: Record<string, unknown>): Record<string, unknown> {
  return providerOf(server).withIdToken(body);
}

const providers = new WeakMap<HostileServer, TrialProvider>();

function providerOf(server: HostileServer): TrialProvider {
  const provider = providers.get(server);
  if (!provider) throw new Error('The server was started elsewhere.');
  return provider;
}
