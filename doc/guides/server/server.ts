import {
  healthCheck,
  logout,
  OAuthError,
  oauthErrorHandler,
  refreshToken,
  requestContext,
  requiredParameter,
  requireToken,
  sendTokens,
  tokenClaims,
} from 'aurelia-auth-refresh/express';
import express from 'express';
import { account } from './account.js';
import { tokens, users } from './tokens.js';

const app = express();

app.use(express.static('dist')); // the built page, if it is here
app.post('/auth/login', express.json(), refreshToken(tokens), async (req, res) => {
  const user = users.get(requiredParameter(req.body, 'email'));
  if (user?.password !== requiredParameter(req.body, 'password')) {
    throw new OAuthError('invalid_grant', 'The e-mail address or the password is wrong.');
  }
  sendTokens(res, await tokens.issue({ sub: user.id }, requestContext(req)));
});
app.post('/auth/logout', express.json(), logout(tokens));

app.get('/api/me', requireToken(tokens), (req, res) => {
  const { sub, roles } = tokenClaims(req);
  res.json({ id: sub, roles });
});
app.use('/account', account);
app.get('/healthz', healthCheck(tokens));
app.use(oauthErrorHandler());

const port = Number(process.env['PORT'] ?? 3000);
app.listen(port, () => console.log(`Listening on http://localhost:${port}`));
