import express, { type Express, type RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import type { TestClock } from '../../server/support/test-clock.js';

/**
 * A common example of middleware: refresh tokens are long-lived JWTs made with the access tokens'
 * secret, and the user comes from the old access token. Each test must fail with it.
 */
function sampleRefreshToken(secret: string, clock: TestClock): RequestHandler {
  const clockTimestamp = () => clock() / 1000;
  return (req, res, next) => {
    if (req.body.grant_type !== 'refresh_token') return next();
    jwt.verify(req.body.refresh_token, secret, { clockTimestamp: clockTimestamp() }, refreshTokenError => {
      if (refreshTokenError) return next(refreshTokenError);
      const authorization = req.get('authorization');
      if (authorization === undefined) return next();
      jwt.verify(authorization.replace('Bearer ', ''), secret, { ignoreExpiration: true }, (error, claims) => {
        if (error) return next(error);
        const { exp: _exp, nbf: _nbf, aud: _aud, sub: _sub, ...rest } = claims as jwt.JwtPayload;
        res.json(sampleTokens({ ...rest, iat: clockTimestamp() }, secret));
      });
    });
  };
}

function sampleTokens(claims: jwt.JwtPayload, secret: string) {
  return {
    access_token: jwt.sign(claims, secret, { expiresIn: '1d' }),
    refresh_token: jwt.sign(claims, secret, { expiresIn: '10d' }),
  };
}

export const sampleSecret = 'client_secret';

export function sampleServer(clock: TestClock, rolesOf: (user: string) => string[]): Express {
  const app = express();
  app.post('/auth/login', express.json(), sampleRefreshToken(sampleSecret, clock), (req, res) => {
    const userId: unknown = req.body.username;
    if (userId === undefined) return res.status(401).json({ error: 'wrong_name_or_password', from: 'login handler' });
    const claims = { userId, roles: rolesOf(String(userId)), iat: clock() / 1000 };
    res.json({
      access_token: jwt.sign(claims, sampleSecret, { expiresIn: '1d', subject: String(userId), audience: 'api' }),
      refresh_token: jwt.sign(claims, sampleSecret, { expiresIn: '10d' }),
    });
  });
  // Express prints errors that reach it unless the environment is "test".
  app.set('env', 'test');
  return app;
}
