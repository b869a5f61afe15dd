import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import { SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { backChannelLogout, type WebTokens, webSession } from '../../src/express.js';
import { freePort, listen, type RunningServer, request } from '../server/support/http-server.js';

describe('back-channel logout by oidc-provider', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let provider: Provider;
  let issuer: string;
  let servers: RunningServer[];

  const start = async (sessionRequired: boolean): Promise<RunningServer> => {
    issuer = `http://127.0.0.1:${await freePort()}`;
    const logouts = backChannelLogout({ issuer, clientId: 'web-app', jwksUri: `${issuer}/jwks` });
    const idToken = await new SignJWT({ sub: 'ada', sid: 's1', iat: Math.floor(Date.now() / 1000) - 60 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
    const tokens: WebTokens = { access_token: 'a', expires_at: Date.now(), id_token: idToken };
    const app = express();
    app.post('/backchannel-logout', express.urlencoded({ extended: false }), logouts.handler);
    const refresh = async () => tokens;
    app.get('/', webSession({ tokens: () => tokens, refresh, logouts }), (_req, res) => void res.json({}));
    const webApp = await listen(app);
    provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'web-app',
          client_secret: 'secret',
          redirect_uris: [`${webApp.origin}/callback`],
          backchannel_logout_uri: `${webApp.origin}/backchannel-logout`,
          backchannel_logout_session_required: sessionRequired,
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
      // The provider's own refuses addresses of the loopback interface.
      fetch: (url, { method, headers, body }: RequestInit = {}) => fetch(url, { method, headers, body } as RequestInit),
      features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: false } },
    });
    const oidc = await listen(provider.callback(), Number(new URL(issuer).port));
    servers = [webApp, oidc];
    return webApp;
  };
  afterEach(() => Promise.all(servers.map(server => server.close())));

  for (const sessionRequired of [true, false]) {
    it(`ends the session, with ${sessionRequired ? 'sid and sub' : 'sub alone'} in the logout token`, async () => {
      const { origin } = await start(sessionRequired);
      expect((await request(origin)).status).toBe(200);
      const client = (await provider.Client.find('web-app')) as unknown as {
        backchannelLogout(sub: string, sid: string): Promise<void>;
      };
      await client.backchannelLogout('ada', 's1');
      expect((await request(origin)).status).toBe(401);
    });
  }
});
