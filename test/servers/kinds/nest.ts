import { authConfig } from '../../../doc/guides/backends/nest.js';
import type { RunningServer, ServerKind } from '../server-kind.js';
import { npmVersion, startNpmServer } from './npm-server.js';
import { recipeAt, refreshJson } from './shared.js';

export const nest: ServerKind = {
  name: 'nest',
  title: 'Nest with a whitelisting ValidationPipe',
  packages: [],
  async start(options): Promise<RunningServer> {
    const server = await startNpmServer('nest.mjs', options);
    const { origin } = server;
    return {
      ...server,
      versions: `Nest ${await npmVersion('@nestjs/core')}`,
      client: {
        kind: 'aurelia',
        config: recipeAt(authConfig, 'https://api.example.com', origin),
      },
      refreshUrl: `${origin}/auth/refresh`,
      logoutUrl: `${origin}/auth/logout`,
      ordersUrl: `${origin}/api/orders`,
      refreshRequest: refreshJson('refreshToken'),
    };
  },
};
