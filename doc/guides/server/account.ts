import { OAuthError, requiredParameter, requireToken, tokenClaims } from 'aurelia-auth-refresh/express';
import express from 'express';
import { tokens, users } from './tokens.js';

export const account = express.Router();
account.use(requireToken(tokens), express.json());

account.get('/sessions', async (req, res) => {
  res.json(await tokens.sessions(tokenClaims(req).sub));
});

account.post('/password', async (req, res) => {
  const { sub, sid = '' } = tokenClaims(req);
  const user = [...users.values()].find(({ id }) => id === sub);
  if (user?.password !== requiredParameter(req.body, 'old_password')) {
    throw new OAuthError('access_denied', 'The old password is wrong.');
  }
  user.password = requiredParameter(req.body, 'new_password');
  user.passwordChangedAt = Date.now();
  await tokens.revokeAllForUser(sub, { except: sid });
  res.sendStatus(204);
});
