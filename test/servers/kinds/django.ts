import { join } from 'node:path';
import { oidc as toolkitRecipe } from '../../../doc/guides/backends/django-oauth-toolkit.js';
import { authConfig as jwtRecipe } from '../../../doc/guides/backends/django-simplejwt.js';
import { debianVersions, freePort, lockDatabase, output, Program, sqlite } from '../programs.js';
import type { RunningServer, ServerKind, StartOptions } from '../server-kind.js';
import { fillSignIn, privateKey, recipeAt, refreshForm, refreshJson } from './shared.js';

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
      'RP-initiated logout exists since django-oauth-toolkit 2.3.0; in this version, the session at the provider goes on',
  },
  async start(options): Promise<RunningServer> {
    const { origin, database, program } = await startDjango(options);
    const issuer = `${origin}/o`;
    const versions = await debianVersions(this.packages);
    const recipe = recipeAt(toolkitRecipe, 'https://api.example.com', origin);
    return {
      versions: `django-oauth-toolkit ${versions.get('python3-django-oauth-toolkit')}, Django ${versions.get('python3-django')}`,
      client: {
        kind: 'oidc',
        options: recipe,
        protects: [`${origin}/api`],
      },
      refreshUrl: `${issuer}/token/`,
      logoutUrl: `${issuer}/revoke_token/`,
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
          ...recipeAt(jwtRecipe, 'https://api.example.com', origin),
          // A refresh view of the app: the recipe's does not read the access token.
          refreshTokenUrl: '/api/token/open-refresh/',
          sendAccessTokenOnRefresh: true,
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
