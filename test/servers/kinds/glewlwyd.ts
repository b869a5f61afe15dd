import { createPublicKey } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { debianVersions, freePort, lockDatabase, Program, sqlite } from '../programs.js';
import type { RunningServer, ServerKind } from '../server-kind.js';
import { fillSignIn, oidcOptions, privateKey, refreshForm } from './shared.js';

const schema = '/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz';
const modules = '/usr/lib/glewlwyd';

export const glewlwyd: ServerKind = {
  name: 'glewlwyd',
  title: 'Glewlwyd',
  packages: ['glewlwyd', 'sqlite3'],
  async start({ app, folder, accessTokenSeconds }): Promise<RunningServer> {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const database = join(folder, 'database.sqlite3');
    const configuration = join(folder, 'glewlwyd.conf');
    await sqlite(database, gunzipSync(await readFile(schema)).toString());
    await writeFile(configuration, settings({ app, origin, port, folder, database }));
    await mkdir(join(folder, 'pages'));
    await copyFile(join(import.meta.dirname, 'glewlwyd-login.html'), join(folder, 'pages/login.html'));
    const program = await Program.start('glewlwyd', [`--config-file=${configuration}`], {
      folder,
      readyUrl: `${origin}/login.html`,
    });
    const issuer = `${origin}/api/oidc`;
    await setUp(`${origin}/api`, { app, issuer, accessTokenSeconds });
    const versions = await debianVersions(this.packages);
    return {
      versions: `Glewlwyd ${versions.get('glewlwyd')}`,
      client: { kind: 'oidc', options: oidcOptions(issuer, 'spa', 'openid read'), protects: [issuer] },
      refreshUrl: `${issuer}/token`,
      logoutUrl: `${issuer}/revoke`,
      ordersUrl: `${issuer}/userinfo`,
      refreshRequest: refreshForm('spa'),
      signIn: fillSignIn,
      signOut: async page => {
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByText('Signed out').waitFor();
      },
      revokeRefreshTokens: () => sqlite(database, 'UPDATE gpo_refresh_token SET gpor_enabled = 0'),
      breakDatabase: () => lockDatabase(database),
      stop: () => program.stop(),
    };
  },
};

interface Places {
  readonly app: string;
  readonly origin: string;
  readonly port: number;
  readonly folder: string;
  readonly database: string;
}

/** The configuration file: what the package's own has, with a folder, a port and a database of the suite's. */
function settings({ app, origin, port, folder, database }: Places): string {
  return `
port=${port}
bind_address="127.0.0.1"
external_url="${origin}"
login_url="login.html"
api_prefix="api"
static_files_path="${join(folder, 'pages')}"
static_files_mime_types=({ extension=".html" mime_type="text/html" })
allow_origin="${app}"
allow_methods="GET, POST, PUT, DELETE, OPTIONS"
allow_headers="Origin, X-Requested-With, Content-Type, Accept, Authorization, DPoP"
expose_headers="Content-Encoding, Authorization"
log_mode="console"
log_level="INFO"
cookie_secure=0
cookie_same_site="lax"
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
allow_multiple_user_per_session=true
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="${modules}/user"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
hash_algorithm="SHA512"
database={ type="sqlite3"; path="${database}"; }
`;
}

interface PluginSettings {
  readonly app: string;
  readonly issuer: string;
  readonly accessTokenSeconds: number;
}

/** Adds the OpenID Connect plugin, a user and a public client by the administrator's API. */
async function setUp(api: string, { app, issuer, accessTokenSeconds }: PluginSettings): Promise<void> {
  let cookie = '';
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'Content-Type': 'application/json', cookie };
    const response = await fetch(`${api}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`Glewlwyd rejected ${path}: ${response.status} ${await response.text()}`);
    cookie ||= response.headers
      .getSetCookie()
      .map(each => each.split(';')[0])
      .join('; ');
  };
  await send('POST', '/auth/', { username: 'admin', password: 'password' });
  const parameters = plugin(issuer, accessTokenSeconds);
  await send('POST', '/mod/plugin/', {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID',
    enabled: true,
    parameters,
  });
  await send('POST', '/scope/', { name: 'read', display_name: 'read', password_required: false, scheme: {} });
  await send('POST', '/user/', { username: 'ann', password: 'secret', enabled: true, scope: ['openid', 'read'] });
  await send('POST', '/client/', {
    client_id: 'spa',
    enabled: true,
    confidential: false,
    redirect_uri: [`${app}/`],
    post_logout_redirect_uris: `${app}/`,
    authorization_type: ['code', 'refresh_token', 'delete_token'],
    token_endpoint_auth_method: ['none'],
    scope: ['openid', 'read'],
  });
}

function plugin(issuer: string, accessTokenSeconds: number): object {
  const key = privateKey();
  return {
    iss: issuer,
    'subject-type': 'public',
    'jwt-type': 'rsa',
    'jwt-key-size': '256',
    key,
    cert: createPublicKey(key).export({ type: 'spki', format: 'pem' }),
    'jwks-show': true,
    'access-token-duration': accessTokenSeconds,
    'refresh-token-duration': 86_400,
    'refresh-token-rolling': true,
    'refresh-token-one-use': 'always',
    'code-duration': 60,
    'allow-non-oidc': true,
    'auth-type-code-enabled': true,
    'auth-type-refresh-enabled': true,
    'auth-type-token-enabled': false,
    'auth-type-id-token-enabled': true,
    'pkce-allowed': true,
    'pkce-required': true,
    'introspection-revocation-allowed': true,
    'introspection-revocation-allow-target-client': true,
    'session-management-allowed': true,
    'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
    'session-cookie-expiration': 2_419_200,
    scope: [{ name: 'openid' }, { name: 'read' }],
  };
}
