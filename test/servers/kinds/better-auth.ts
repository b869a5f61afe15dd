import { oidc as recipe } from '../../../doc/guides/backends/better-auth.js';
import type { RunningServer, ServerKind } from '../server-kind.js';
import { npmVersion, startNpmServer } from './npm-server.js';
import { fillSignIn, recipeAt, refreshForm } from './shared.js';

export const betterAuth: ServerKind = {
  name: 'better-auth',
  title: 'better-auth with its OAuth provider',
  packages: [],
  async start(options): Promise<RunningServer> {
    const server = await startNpmServer('better-auth.mjs', options);
    const { origin } = server;
    const issuer = `${origin}/api/auth`;
    const clientId = await server.control('client');
    return {
      ...server,
      versions: `better-auth ${await npmVersion('better-auth')}, OAuth provider ${await npmVersion('@better-auth/oauth-provider')}`,
      client: {
        kind: 'oidc',
        options: { ...recipeAt(recipe, 'https://auth.example.com', origin), clientId },
        protects: [issuer],
      },
      refreshUrl: `${issuer}/oauth2/token`,
      logoutUrl: `${issuer}/oauth2/revoke`,
      ordersUrl: `${issuer}/oauth2/userinfo`,
      refreshRequest: refreshForm(clientId),
      signIn: page => fillSignIn(page, 'secret-secret'),
    };
  },
};
