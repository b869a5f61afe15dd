import { HostileServer, type HostileServerOptions } from '../support/hostile-server.js';
import { pageScript } from '../support/page-script.js';
import type { ClientName } from './clients/all.js';
import { clientId, type Tokens, tokenPath } from './clients/client.js';

/** Each client's file in `clients/`, and whether it needs Aurelia. */
const modules: Readonly<Record<ClientName, { readonly file: string; readonly aurelia?: boolean }>> = {
  core: { file: 'core' },
  aurelia: { file: 'aurelia', aurelia: true },
  aurelia2: { file: 'aurelia2' },
  predecessor: { file: 'predecessor', aurelia: true },
  oidcClientTs: { file: 'oidc-client-ts' },
  auth0SpaJs: { file: 'auth0-spa-js' },
  supabaseAuthJs: { file: 'supabase-auth-js' },
  axiosAuthRefresh: { file: 'axios-auth-refresh' },
  aurelia2Recipe: { file: 'aurelia2-recipe' },
  floor: { file: 'floor' },
  checkedFloor: { file: 'floor' },
  interceptorFloor: { file: 'interceptor-floor', aurelia: true },
  tutorial: { file: 'tutorial' },
};

const scripts = new Map<ClientName, Promise<string>>();

/** A script with one client, for the page of {@link HostileServer}. */
export function peerScript(name: ClientName): Promise<string> {
  const script = scripts.get(name) ?? bundled(name);
  scripts.set(name, script);
  return script;
}

function bundled(name: ClientName): Promise<string> {
  const { file, aurelia } = modules[name];
  const start = aurelia
    ? `import 'aurelia-polyfills'; import { initialize } from 'aurelia-pal-browser'; initialize();`
    : '';
  return pageScript({
    stdin: {
      contents: `${start} import { ${name} } from './clients/${file}.js'; import { servePeer } from './page.js'; servePeer(${name});`,
      resolveDir: import.meta.dirname,
    },
    minify: true,
    external: ['aurelia-loader-nodejs', 'aurelia-loader-webpack'],
  });
}

export interface PeerServerOptions extends Omit<HostileServerOptions, 'script'> {
  /** Returns a script that runs before the client's own. */
  before?(): string;
}

/** The hostile server as the clients expect it: access tokens of one hour, and an id token in each response. */
export async function startPeerServer(
  name: ClientName,
  { before = () => '', ...options }: PeerServerOptions = {},
): Promise<HostileServer> {
  const client = await peerScript(name);
  const script = () => `${before()}\n${client}`;
  const server = await HostileServer.start({ tokenPath, accessTokenLifetimeSeconds: 3600, script, ...options });
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

export function logInAt(server: HostileServer, subject = 'ann'): Tokens {
  return withIdToken(server, server.tokens.logIn(subject)) as unknown as Tokens;
}

/** Some clients require an id token in every refresh response, of which none verifies the signature then, or the user. */
export function withIdToken(server: HostileServer, body: Record<string, unknown>, subject?: string) {
  const now = Math.floor(server.now() / 1000);
  const sub = subject ?? subjectOf(String(body['access_token']));
  const claims = { iss: `${server.origin}/`, aud: clientId, sub, iat: now, exp: now + 36_000 };
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: '1' }, claims];
  const idToken = [...parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')), 'c2lnbmF0dXJl'].join(
    '.',
  );
  return { ...body, id_token: idToken, user: { id: sub } };
}

function subjectOf(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(payload).sub;
}
