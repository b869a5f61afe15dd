import express from 'express';
import { type RequireTokenOptions, requireToken } from '../../src/express.js';
import { companion } from '../server/support/companion.js';
import { listen, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';

describe('requireToken() with maxAgeSeconds and acr', () => {
  const { tokens, clock } = companion({ accessTokenLifetimeSeconds: 7200 });
  let server: RunningServer;
  afterEach(() => server.close());

  const serve = async (options: RequireTokenOptions): Promise<void> => {
    server = await listen(
      express().get('/', requireToken(tokens, { clock, ...options }), (_req, res) => void res.json({})),
    );
  };
  const get = (access_token: string): Promise<TestResponse> =>
    request(server.origin, { headers: { authorization: `Bearer ${access_token}` } });
  const expectChallenge = ({ status, headers, body }: TestResponse, ...parameters: string[]) => {
    const challenge = headers.get('www-authenticate') ?? '';
    expect([status, body['error']]).toEqual([401, 'insufficient_user_authentication']);
    expect(challenge).toMatch(/^Bearer error="insufficient_user_authentication", error_description="/);
    for (const parameter of parameters) expect(challenge).toContain(`, ${parameter}`);
  };

  it('accepts a recent login', async () => {
    await serve({ maxAgeSeconds: 300 });
    const { access_token } = await tokens.issue({ sub: 'ada', authenticationAgeSeconds: 100 });
    expect((await get(access_token)).status).toBe(200);
    clock.advance(199);
    expect((await get(access_token)).status).toBe(200);
    clock.advance(2);
    expectChallenge(await get(access_token), 'max_age="300"');
  });

  it('rejects an old login after a refresh too', async () => {
    await serve({ maxAgeSeconds: 300 });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    clock.advance(400);
    expectChallenge(await get((await tokens.refresh({ refreshToken: refresh_token })).access_token), 'max_age="300"');
  });

  it('accepts one of the authentication context classes', async () => {
    await serve({ acr: ['mfa', 'hardware'] });
    const { access_token, refresh_token } = await tokens.issue({ sub: 'ada', acr: 'hardware' });
    expect((await get(access_token)).status).toBe(200);
    expect((await get((await tokens.refresh({ refreshToken: refresh_token })).access_token)).status).toBe(200);
    for (const acr of [{}, { acr: 'password' }, { acr: 'mfa hardware' }]) {
      expectChallenge(
        await get((await tokens.issue({ sub: 'ada', ...acr })).access_token),
        'acr_values="mfa hardware"',
      );
    }
  });

  it('names both requirements in one challenge', async () => {
    await serve({ acr: 'mfa', maxAgeSeconds: 60 });
    expect((await get((await tokens.issue({ sub: 'ada', acr: 'mfa' })).access_token)).status).toBe(200);
    expectChallenge(await get((await tokens.issue({ sub: 'ada' })).access_token), 'acr_values="mfa"', 'max_age="60"');
  });

  for (const authTime of [undefined, null, '2030-01-01', Number.NaN, -1]) {
    it(`rejects a token whose auth_time is ${authTime}`, async () => {
      const claims = await tokens.verify((await tokens.issue({ sub: 'ada' })).access_token);
      const verify = async () => ({ ...claims, auth_time: authTime as number });
      const guard = requireToken({ verify }, { clock, maxAgeSeconds: 60 });
      server = await listen(express().get('/', guard, (_req, res) => void res.json({})));
      expectChallenge(await get('x'), 'max_age="60"');
    });
  }
});
