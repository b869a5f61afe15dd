import { requireToken, sqliteStore, tokenClaims, tokenIssuer, tokenServer } from 'aurelia-auth-refresh/express';
import Database from 'better-sqlite3';
import express from 'express';

const port = Number(process.env['PORT'] ?? 3000);
const issuer = `http://localhost:${port}`;

const tokens = tokenIssuer({
  issuer,
  audience: issuer,
  secret: process.env['TOKEN_SECRET'] ?? 'only for trying out: openssl rand -base64 32',
  accessTokenLifetimeSeconds: Number(process.env['ACCESS_TOKEN_SECONDS'] ?? 10),
  clockToleranceSeconds: 0,
  refreshToken: { idleLifetimeSeconds: 7 * 86_400, absoluteLifetimeSeconds: 30 * 86_400 },
  store: sqliteStore(new Database(process.env['SESSIONS_FILE'] ?? 'sessions.db')),
  onEvent: event => console.log(event),
});

const app = express();
app.use(
  await tokenServer({
    issuer,
    tokens,
    clients: [{ id: 'testclient', secret: 'secret', scopes: ['read'] }],
    authenticate: (username, password) => (username === 'test' && password === 'test' ? { sub: 'test' } : undefined),
  }),
);
app.get('/secret', requireToken(tokens, { scopes: ['read'] }), (req, res) => {
  res.json({ secret: `for ${tokenClaims(req).sub} alone` });
});
app.listen(port, () => console.log(`Listening on ${issuer}`));
