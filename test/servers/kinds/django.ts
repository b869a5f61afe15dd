import { join } from 'node:path';
import { debianVersions, freePort, lockDatabase, output, Program, sqlite } from '../programs.js';
import type { RunningServer, ServerKind, StartOptions } from '../server-kind.js';
import { fillSignIn, oidcOptions, privateKey, refreshForm, refreshJson } from './shared.js';

const script = join(import.meta.dirname, 'django-project.py');
/** Debian's: its modules are not those of another Python on the search path. */
const python = '/usr/bin/python3';

interface Django {
  readonly origin: string;
  readonly database: string;
  readonly program: Program;
}

async function startDjango({ app, folder, accessTokenSeconds }: StartOptions): Promise<Django> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const database = join(folder, 'database.sqlite3');
  const env = {
    DATABASE: database,
    PRIVATE_KEY: privateKey(),
    APP_ORIGIN: app,
    ACCESS_TOKEN_SECONDS: String(accessTokenSeconds),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  await output(python, [script, 'init', `${app}/`], env);
  const program = await Program.start(python, [script, 'runserver', '--noreload', `127.0.0.1:${port}`], {
    env,
    folder,
    readyUrl: `${origin}/accounts/login/`,
  });
  return { origin, database, program };
}

export const djangoOauthToolkit: ServerKind = {
  name: 'django-oauth-toolkit',
  title: 'django-oauth-toolkit',
  packages: [
    'python3-django',
    'python3-django-oauth-toolkit',
    'python3-djangorestframework',
    'python3-djangorestframework-simplejwt',
    'python3-django-cors-headers',
    'sqlite3',
  ],
  limits: {
    'Logout at the provider':
      'django-oauth-toolkit has RP-initiated logout since 2.3.0; in this version, the session at the provider goes on',
  },
  async start(options): Promise<RunningServer> {
    const { origin, database, program } = await startDjango(options);
    const issuer = `${origin}/o`;
    const versions = await debianVersions(this.packages);
    // It redirects the address without a slash at the end, which a client must not follow.
    const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration/`)).json();
    metadata.revocation_endpoint = `${issuer}/revoke_token/`;
    return {
      versions: `django-oauth-toolkit ${versions.get('python3-django-oauth-toolkit')}, Django ${versions.get('python3-django')}`,
      client: {
        kind: 'oidc',
        options: { ...oidcOptions(issuer, 'spa', 'openid read'), metadata },
        protects: [`${origin}/api`],
      },
      refreshUrl: `${issuer}/token/`,
      logoutUrl: metadata.revocation_endpoint,
      ordersUrl: `${origin}/api/orders`,
      refreshRequest: refreshForm('spa'),
      signIn: fillSignIn,
      revokeRefreshTokens: () => sqlite(database, "UPDATE oauth2_provider_refreshtoken SET revoked = datetime('now')"),
      breakDatabase: () => lockDatabase(database),
      stop: () => program.stop(),
    };
  },
};

export const simpleJwt: ServerKind = {
  name: 'django-simplejwt',
  title: 'Django REST framework with SimpleJWT',
  packages: djangoOauthToolkit.packages,
  async start(options): Promise<RunningServer> {
    const { origin, database, program } = await startDjango(options);
    const versions = await debianVersions(this.packages);
    return {
      versions: `SimpleJWT ${versions.get('python3-djangorestframework-simplejwt')}, Django REST framework ${versions.get('python3-djangorestframework')}`,
      client: {
        kind: 'aurelia',
        config: {
          baseUrl: origin,
          loginUrl: '/api/token/',
          refreshTokenUrl: '/api/token/open-refresh/',
          useRefreshToken: true,
          accessTokenProp: 'access',
          refreshTokenProp: 'refresh',
          refreshTokenSubmitProp: 'refresh',
          logoutUrl: '/api/token/blacklist/',
          logoutMethod: 'post',
          logoutRequest: { refreshTokenParameter: 'refresh' },
          protectedUrls: [`${origin}/api`],
        },
      },
      refreshUrl: `${origin}/api/token/open-refresh/`,
      logoutUrl: `${origin}/api/token/blacklist/`,
      ordersUrl: `${origin}/api/jwt-orders`,
      refreshRequest: refreshJson('refresh'),
      revokeRefreshTokens: () => sqlite(database, blacklistAll),
      breakDatabase: () => lockDatabase(database),
      stop: () => program.stop(),
    };
  },
};

const blacklistAll = `INSERT INTO token_blacklist_blacklistedtoken (blacklisted_at, token_id)
  SELECT datetime('now'), id FROM token_blacklist_outstandingtoken
  WHERE id NOT IN (SELECT token_id FROM token_blacklist_blacklistedtoken)`;
