import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import { tokenServer } from '../../src/express.js';
import { type Companion, companion } from '../server/support/companion.js';
import { listen, type RunningServer, request } from '../server/support/http-server.js';

async function run({ tokens }: Companion): Promise<RunningServer> {
  const issuer = 'https://login.example.com';
  const clients = [{ id: 'app' }];
  return listen(express().use(await tokenServer({ issuer, tokens, clients, authenticate: () => undefined })));
}

describe('the metadata of tokenServer()', () => {
  it('names its endpoints and its public keys', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const own = await run(companion({ signingKeys: [{ kid: 'one', alg: 'ES256', privateKey }] }));
    const { body } = await request(`${own.origin}/.well-known/oauth-authorization-server`);
    expect(body).toEqual(
      jasmine.objectContaining({
        issuer: 'https://login.example.com',
        token_endpoint: 'https://login.example.com/oauth/token',
        revocation_endpoint: 'https://login.example.com/oauth/revoke',
        jwks_uri: 'https://login.example.com/.well-known/jwks.json',
        grant_types_supported: ['password', 'refresh_token'],
      }),
    );
    const keys = (await request(`${own.origin}/.well-known/jwks.json`)).body['keys'] as Record<string, string>[];
    expect(keys.map(({ kid, alg, use, d }) => ({ kid, alg, use, d }))).toEqual([
      { kid: 'one', alg: 'ES256', use: 'sig', d: undefined as unknown as string },
    ]);
    await own.close();
  });

  it('publishes no shared secret', async () => {
    const server = await run(companion());
    expect((await request(`${server.origin}/.well-known/jwks.json`)).body).toEqual({ keys: [] });
    await server.close();
  });
});
