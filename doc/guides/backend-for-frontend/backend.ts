import {
  accessTokenVerifier,
  requireSameOrigin,
  requireToken,
  sendWebSession,
  tokenClaims,
  webSession,
  webTokens,
} from 'aurelia-auth-refresh/express';
import express, { type Express, type Request, type RequestHandler } from 'express';
import openidConnect, { type Session } from 'express-openid-connect';

const { auth } = openidConnect;

/** Signs users in at `issuer`, keeps their tokens, and calls the API for the page in `folder`, which sees none of them. */
export function backend(issuer: string, baseURL: string, folder: string): Express {
  const app = express();

  const tokens = accessTokenVerifier({ issuer, audience: `${baseURL}/api`, jwksUri: `${issuer}/jwks` });
  app.get('/api/expenses', requireToken(tokens, { scopes: ['read:expenses'] }), (req, res) => {
    const { sub, iat = 0 } = tokenClaims(req);
    res.json({ of: sub, tokenIssuedAt: new Date(iat * 1000) });
  });

  // Its routes /login and /logout are addresses for the page to go to.
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
  });
  const sameOrigin = requireSameOrigin({ allowedOrigins: [baseURL] });
  app.use('/bff', sameOrigin, signedIn, freshTokens);
  app.post('/bff/session', (req, res) => sendWebSession(res, webTokens(req), { name: req.oidc.user?.['sub'] }));
  app.get('/bff/expenses', async (req, res) => {
    const headers = { authorization: `Bearer ${webTokens(req).access_token}` };
    const response = await fetch(`${baseURL}/api/expenses`, { headers });
    res.status(response.status).json(await response.json());
  });

  app.use(express.static(folder));
  return app;
}

/** A page receives a 401 instead of a redirect to the login. */
const signedIn: RequestHandler = (req, res, next) => {
  if (req.oidc.isAuthenticated()) next();
  else res.status(401).json({ error: 'login_required' });
};

/** Where `express-openid-connect` keeps the tokens. */
function sessionOf(req: Request) {
  return (req as Request & { appSession: Session }).appSession;
}
