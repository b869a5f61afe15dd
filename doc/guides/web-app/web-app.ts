import { accessTokenVerifier, requireToken, tokenClaims, webSession, webTokens } from 'aurelia-auth-refresh/express';
import express, { type Express, type Request } from 'express';
import openidConnect, { type Session } from 'express-openid-connect';

const { auth, requiresAuth } = openidConnect;

/** A web application with a login at `issuer`, and the API it calls on its user's behalf. */
export function webApp(issuer: string, baseURL: string): Express {
  const app = express();

  const tokens = accessTokenVerifier({ issuer, audience: `${baseURL}/api`, jwksUri: `${issuer}/jwks` });
  app.get('/api/expenses', requireToken(tokens, { scopes: ['read:expenses'] }), (req, res) => {
    const { sub, iat = 0 } = tokenClaims(req);
    res.json({ of: sub, tokenIssuedAt: new Date(iat * 1000) });
  });

  app.use(
    auth({
      issuerBaseURL: issuer,
      baseURL,
      clientID: 'web-app',
      clientSecret: 'web-app-secret',
      secret: 'a secret for the session cookie, from the environment',
      authRequired: false,
      authorizationParams: {
        response_type: 'code',
        scope: 'openid offline_access read:expenses',
        prompt: 'consent',
      },
    }),
  );

  const freshTokens = webSession({
    tokens: sessionOf,
    refresh: async (_refreshToken, req) => {
      await req.oidc.accessToken?.refresh();
      return sessionOf(req);
    },
    onEnded: (_req, res) => res.oidc.login(),
  });

  app.get('/expenses', requiresAuth(), freshTokens, async (req, res) => {
    const headers = { authorization: `Bearer ${webTokens(req).access_token}` };
    const response = await fetch(`${baseURL}/api/expenses`, { headers });
    res.status(response.status).json(await response.json());
  });
  app.get('/', (_req, res) => {
    res.send('<a href="/expenses">Expenses</a>: reload them for a minute, the token is a new one every ten seconds.');
  });
  return app;
}

/** Where `express-openid-connect` keeps the tokens. */
function sessionOf(req: Request) {
  return (req as Request & { appSession: Session }).appSession;
}
