import { join } from 'node:path';
import { oidc as recipe } from '../../../doc/guides/backends/doorkeeper.js';
import { debianVersions, freePort, lockDatabase, Program, sqlite } from '../programs.js';
import type { RunningServer, ServerKind } from '../server-kind.js';
import { fillSignIn, privateKey, recipeAt, refreshForm } from './shared.js';

export const doorkeeper: ServerKind = {
  name: 'doorkeeper',
  title: 'Doorkeeper with OpenID Connect',
  packages: ['ruby-rails', 'ruby-doorkeeper', 'ruby-doorkeeper-openid-connect', 'ruby-sqlite3', 'puma', 'sqlite3'],
  async start({ app, folder, accessTokenSeconds }): Promise<RunningServer> {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const database = join(folder, 'database.sqlite3');
    const program = await Program.start(
      'puma',
      ['--bind', `tcp://127.0.0.1:${port}`, join(import.meta.dirname, 'doorkeeper.ru')],
      {
        env: {
          ORIGIN: origin,
          APP_ORIGIN: app,
          DATABASE: database,
          PRIVATE_KEY: privateKey(),
          ACCESS_TOKEN_SECONDS: String(accessTokenSeconds),
        },
        cwd: folder,
        folder,
        readyUrl: `${origin}/login`,
      },
    );
    const versions = await debianVersions(this.packages);
    return {
      versions: `Doorkeeper ${versions.get('ruby-doorkeeper')}, OpenID Connect ${versions.get('ruby-doorkeeper-openid-connect')}, Rails ${versions.get('ruby-rails')}`,
      client: {
        kind: 'oidc',
        options: recipeAt(recipe, 'https://api.example.com', origin),
        protects: [`${origin}/api`],
      },
      refreshUrl: `${origin}/oauth/token`,
      logoutUrl: `${origin}/oauth/revoke`,
      ordersUrl: `${origin}/api/orders`,
      refreshRequest: refreshForm('spa'),
      signIn: fillSignIn,
      revokeRefreshTokens: () =>
        sqlite(database, "UPDATE oauth_access_tokens SET revoked_at = datetime('now', '-1 minute')"),
      breakDatabase: () => lockDatabase(database),
      stop: () => program.stop(),
    };
  },
};
