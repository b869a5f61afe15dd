import { decodeJwt } from 'jose';
import jwt from 'jsonwebtoken';
import { companion, secret } from '../server/support/companion.js';
import { listen, postJson, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';
import { type TestClock, testClock } from '../server/support/test-clock.js';
import { companionApp } from './support/companion-app.js';
import { sampleSecret, sampleServer } from './support/sample-server.js';

/** A tested server: ours, or the common sample with all known defects. */
interface Target {
  readonly clock: TestClock;
  readonly secret: string;
  readonly server: RunningServer;
  /** What the user may do is asked of the application; this takes it away. */
  demote(user: string): void;
  /** Ends all sessions of a user with the means of the server. */
  endSessions(user: string): Promise<void>;
}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

const userOf = (accessToken: string): unknown => decodeJwt(accessToken)['userId'] ?? decodeJwt(accessToken).sub;

async function login(target: Target, username: string): Promise<Pair> {
  return (await postJson(`${target.server.origin}/auth/login`, { username })).body as unknown as Pair;
}

function refresh(
  target: Target,
  refreshToken: unknown,
  accessToken?: string,
  more: object = {},
): Promise<TestResponse> {
  return postJson(
    `${target.server.origin}/auth/login`,
    { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'app', ...more },
    accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
  );
}

const issuedTokens = (response: TestResponse): boolean => response.status === 200 && 'access_token' in response.body;

/** Each defect and its test, which is `true` for a server with the defect. */
const faults: [name: string, shows: (target: Target) => Promise<boolean>][] = [
  [
    'an access token works as a refresh token',
    async target => {
      const { access_token } = await login(target, 'ada');
      return issuedTokens(await refresh(target, access_token, access_token));
    },
  ],
  [
    'any JWT made with the secret works with any algorithm',
    async target => {
      const { access_token } = await login(target, 'ada');
      const payload = { userId: 'ada', sub: 'ada', iat: target.clock() / 1000 };
      const forged = jwt.sign(payload, target.secret, { algorithm: 'HS512', expiresIn: '1d' });
      return issuedTokens(await refresh(target, forged, access_token));
    },
  ],
  [
    'claims of an expired access token live on for ever',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      target.demote('ada');
      target.clock.advance(5 * 86_400);
      const { body } = await refresh(target, refresh_token, access_token);
      return (decodeJwt(String(body['access_token']))['roles'] as string[]).includes('admin');
    },
  ],
  [
    'the user comes from the access token, so one user’s refresh token renews another’s',
    async target => {
      const ada = await login(target, 'ada');
      const bob = await login(target, 'bob');
      const { body } = await refresh(target, ada.refresh_token, bob.access_token);
      return userOf(String(body['access_token'])) !== 'ada';
    },
  ],
  [
    'an old refresh token works after its rotation',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      await refresh(target, refresh_token, access_token);
      target.clock.advance(3600);
      return issuedTokens(await refresh(target, refresh_token, access_token));
    },
  ],
  [
    'a copied refresh token can be used beside the original without anybody noticing',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      const attacker = await refresh(target, refresh_token, access_token);
      target.clock.advance(3600);
      await refresh(target, refresh_token, access_token);
      return issuedTokens(await refresh(target, attacker.body['refresh_token'], access_token));
    },
  ],
  [
    'a session that is refreshed often enough never ends',
    async target => {
      let { access_token, refresh_token } = await login(target, 'ada');
      for (let days = 0; days < 60; days += 5) {
        target.clock.advance(5 * 86_400);
        const response = await refresh(target, refresh_token, access_token);
        if (!issuedTokens(response)) return false;
        ({ access_token, refresh_token } = response.body as unknown as Pair);
      }
      return true;
    },
  ],
  [
    'nothing can end a session before its time',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      await target.endSessions('ada');
      return issuedTokens(await refresh(target, refresh_token, access_token));
    },
  ],
  [
    'a refresh token works for any client',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      return issuedTokens(await refresh(target, refresh_token, access_token, { client_id: 'another client' }));
    },
  ],
  [
    'the refreshed access token has lost whom it is about and whom it is for',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      const { body } = await refresh(target, refresh_token, access_token);
      const claims = decodeJwt(String(body['access_token']));
      return claims.sub === undefined || claims.aud === undefined;
    },
  ],
  [
    'a refresh without Authorization reaches the login handler',
    async target => {
      const { refresh_token } = await login(target, 'ada');
      return (await refresh(target, refresh_token)).body['from'] === 'login handler';
    },
  ],
  [
    'a rejection is an HTML page with status 500',
    async target => {
      const { status, headers } = await refresh(target, 'garbage', 'garbage');
      return status === 500 && headers.get('content-type')!.startsWith('text/html');
    },
  ],
  [
    'caches may keep the tokens',
    async target => {
      const { access_token, refresh_token } = await login(target, 'ada');
      const { headers } = await refresh(target, refresh_token, access_token);
      return headers.get('cache-control') !== 'no-store';
    },
  ],
  [
    'a refresh token that is no string is a server error',
    async target => (await refresh(target, { $ne: '' }, 'x')).status === 500,
  ],
  [
    'a request without a body is a server error',
    async target => (await request(`${target.server.origin}/auth/login`, { method: 'POST' })).status === 500,
  ],
];

describe('a refresh', () => {
  let ours: Target;
  let sample: Target;

  beforeEach(async () => {
    const roles = new Map<string, string[]>();
    const rolesOf = (user: string) => roles.get(user) ?? ['admin'];
    const clock = testClock();
    const parts = companion({ clock, claims: ({ sub }) => ({ roles: rolesOf(sub) }) }, clock);
    ours = {
      clock,
      secret,
      server: await listen(companionApp(parts, 'app')),
      demote: user => roles.set(user, []),
      endSessions: async user => void (await parts.tokens.revokeAllForUser(user)),
    };
    const sampleClock = testClock();
    sample = {
      clock: sampleClock,
      secret: sampleSecret,
      server: await listen(sampleServer(sampleClock, rolesOf)),
      demote: user => roles.set(user, []),
      endSessions: async () => undefined,
    };
  });
  afterEach(() => Promise.all([ours.server.close(), sample.server.close()]));

  for (const [name, shows] of faults) {
    it(`does not have this defect: ${name}`, async () => {
      expect(await shows(sample))
        .withContext('the sample')
        .toBeTrue();
      expect(await shows(ours))
        .withContext('ours')
        .toBeFalse();
    });
  }

  it('cannot be created with a short secret', () => {
    expect(() => companion({ secret: sampleSecret })).toThrowError(TypeError, /at least 32 bytes/);
  });
});
