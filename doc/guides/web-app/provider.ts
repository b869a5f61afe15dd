import { generateKeyPairSync } from 'node:crypto';
import express, { type Express } from 'express';
import { Provider } from 'oidc-provider';

/** A provider for experiments: every visitor is logged in as "ada" and consents to everything. */
export function provider(issuer: string, webApp: string, accessTokenSeconds: number): Express {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const api = `${webApp}/api`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: 'web-app',
        client_secret: 'web-app-secret',
        redirect_uris: [`${webApp}/callback`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
    cookies: { keys: ['a key for cookies that protect nothing'] },
    ttl: {
      AccessToken: accessTokenSeconds,
      RefreshToken: 3600,
      Session: 3600,
      Grant: 3600,
      Interaction: 60,
      IdToken: 60,
    },
    rotateRefreshToken: true,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'read:expenses',
          audience: api,
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessTokenSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });

  const app = express();
  app.get('/interaction/:uid', async (req, res) => {
    const { prompt, session, params } = await oidc.interactionDetails(req, res);
    if (prompt.name === 'login') {
      await oidc.interactionFinished(req, res, { login: { accountId: 'ada' } });
      return;
    }
    const grant = new oidc.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(api, 'read:expenses');
    await oidc.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  });
  app.use(oidc.callback());
  return app;
}
