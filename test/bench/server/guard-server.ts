/** A server with one protected resource, as a process of its own: `guard-server.ts <guard> <algorithm>`. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import { auth } from 'express-oauth2-jwt-bearer';
import { accessTokenVerifier, memoryStore, requireToken, type SigningKey, tokenIssuer } from '../../../src/express.js';

const issuer = 'https://login.example.com/';
const audience = 'https://api.example.com';
const secret = 'a secret for benchmarks, long enough for HS256';
const [name, algorithm] = process.argv.slice(2);
const signingKey: SigningKey = {
  kid: 'one',
  alg: 'ES256',
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
};
const tokens = tokenIssuer({
  issuer,
  audience,
  secret,
  ...(algorithm === 'ES256' ? { signingKeys: [signingKey] } : {}),
  refreshToken: { idleLifetimeSeconds: 3600, absoluteLifetimeSeconds: 3600 },
  store: memoryStore(),
});
const { access_token: token } = await tokens.issue({ sub: 'ada', scope: 'read' });

const app = express();
const port = await new Promise<number>(resolve => {
  const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  server.keepAliveTimeout = 600_000;
});
app.get('/jwks', (_req, res) => void res.json(tokens.publicKeys));
app.get('/me', guard(), (_req, res) => void res.json({}));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
process.send?.({ port, token });

function guard(): RequestHandler {
  const jwksUri = `http://127.0.0.1:${port}/jwks`;
  if (name === 'express-oauth2-jwt-bearer') {
    if (algorithm === 'ES256') return auth({ issuer, audience, jwksUri, tokenSigningAlg: 'ES256' });
    return auth({ issuer, audience, secret, tokenSigningAlg: 'HS256' });
  }
  if (name === 'express-jwt') {
    const key: string | KeyObject =
      algorithm === 'ES256' ? createPublicKey(signingKey.privateKey as KeyObject) : secret;
    return expressjwt({ secret: key as string, algorithms: [algorithm as 'HS256'], issuer, audience });
  }
  if (algorithm === 'ES256') return requireToken(accessTokenVerifier({ issuer, audience, jwksUri }));
  return requireToken(accessTokenVerifier({ issuer, audience, secret }));
}
