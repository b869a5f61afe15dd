import type { RunningServer, ServerKind } from '../server-kind.js';
import { npmVersion, startNpmServer } from './npm-server.js';
import { refreshJson } from './shared.js';

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
        config: {
          baseUrl: origin,
          loginUrl: '/auth/login',
          refreshTokenUrl: '/auth/refresh',
          useRefreshToken: true,
          accessTokenProp: 'accessToken',
          refreshTokenProp: 'refreshToken',
          refreshTokenSubmitProp: 'refreshToken',
          refreshRequest: { parameters: { grant_type: null } },
          logoutUrl: '/auth/logout',
          logoutMethod: 'post',
          logoutRequest: { refreshTokenParameter: 'refreshToken' },
          protectedUrls: [`${origin}/api`],
        },
      },
      refreshUrl: `${origin}/auth/refresh`,
      logoutUrl: `${origin}/auth/logout`,
      ordersUrl: `${origin}/api/orders`,
      refreshRequest: refreshJson('refreshToken'),
    };
  },
};
