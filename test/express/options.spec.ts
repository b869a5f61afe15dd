import {
  accessTokenVerifier,
  logout,
  memoryStore,
  redisStore,
  refreshCookie,
  refreshLimits,
  refreshToken,
  requireSameOrigin,
  requireScopes,
  requireToken,
  type TokenIssuerOptions,
  tokenIssuer,
  tokenServer,
  webSession,
} from '../../src/express.js';
import { audience, companion, secret } from '../server/support/companion.js';

const lifetimes = { idleLifetimeSeconds: 10, absoluteLifetimeSeconds: 20 };
const store = memoryStore();
const { tokens } = companion();
const issuer = 'https://login.example.com';
const issuerOptions = { issuer, audience, secret, refreshToken: lifetimes, store };
const client = { id: 'app' };
const serverOptions = { issuer, tokens, clients: [client], authenticate: () => undefined };
const web = { tokens: () => undefined, refresh: async () => ({ access_token: 'x' }) };
const redis = { evalSha: async () => [], eval: async () => [] };
const verifier = { issuer, audience, secret };

/** Calls with options that JavaScript does not check, and what the error says. */
const misspelt: [name: string, create: () => unknown, message: RegExp][] = [
  [
    'tokenIssuer()',
    () => tokenIssuer(js({ ...issuerOptions, accessTokenLifetime: 60 })),
    /"accessTokenLifetime".*"accessTokenLifetimeSeconds"/,
  ],
  ['tokenIssuer()', () => tokenIssuer(js({ ...issuerOptions, Claims: () => ({}) })), /"Claims".*"claims"/],
  ['tokenIssuer()', () => tokenIssuer(js({ ...issuerOptions, signingkey: [] })), /"signingkey".*"signingKeys"/],
  [
    'refreshToken of tokenIssuer()',
    () => tokenIssuer(js({ ...issuerOptions, refreshToken: { ...lifetimes, graceSecond: 1 } })),
    /"graceSecond".*"graceSeconds"/,
  ],
  [
    'signingKeys of tokenIssuer()',
    () => tokenIssuer(js({ ...issuerOptions, signingKeys: [{ kid: 'a', alg: 'ES256', key: 'x' }] })),
    /"key"/,
  ],
  [
    'accessTokenVerifier()',
    () => accessTokenVerifier(js({ issuer, audience, jwksUrl: 'https://a.example/' })),
    /"jwksUrl".*"jwksUri"/,
  ],
  ['accessTokenVerifier()', () => accessTokenVerifier(js({ ...verifier, maxAge: 1 })), /"maxAge"/],
  ['memoryStore()', () => memoryStore(js({ maxSession: 1 })), /"maxSession".*"maxSessions"/],
  ['redisStore()', () => redisStore(redis, js({ prefix: 'x' })), /"prefix".*"keyPrefix"/],
  ['requireToken()', () => requireToken(tokens, js({ scope: ['read'] })), /"scope".*"scopes"/],
  ['requireSameOrigin()', () => requireSameOrigin(js({ allowedOrigin: [] })), /"allowedOrigin".*"allowedOrigins"/],
  ['refreshCookie()', () => refreshCookie(js({ allowedOrigins: [], Path: '/' })), /"Path".*"path"/],
  ['refreshToken()', () => refreshToken(tokens, js({ cookies: {} })), /"cookies".*"cookie"/],
  ['logout()', () => logout(tokens, js({ cookies: {} })), /"cookies".*"cookie"/],
  ['refreshLimits()', () => refreshLimits(tokens, js({ perSession: 1 })), /"perSession".*"perSessionAndMinute"/],
  ['tokenServer()', () => tokenServer(js({ ...serverOptions, tokenpath: '/token' })), /"tokenpath".*"tokenPath"/],
  [
    'clients of tokenServer()',
    () => tokenServer(js({ ...serverOptions, clients: [{ clientId: 'app' }] })),
    /"clientId"/,
  ],
  ['webSession()', () => webSession(js({ ...web, leeway: 1 })), /"leeway".*"leewaySeconds"/],
];

const invalid: [name: string, create: () => unknown][] = [
  ...[
    'https://a.example/',
    'https://a.example/app',
    'https://A.example',
    'https://a.example:443',
    'a.example',
    '*',
    'null',
    '',
    'https://*.example',
    'https://user@a.example',
  ].flatMap((origin): [string, () => unknown][] => [
    [`requireSameOrigin() with the origin "${origin}"`, () => requireSameOrigin({ allowedOrigins: [origin] })],
    [`refreshCookie() with the origin "${origin}"`, () => refreshCookie({ allowedOrigins: [origin] })],
  ]),
  [
    'requireSameOrigin() with one origin that is not in a list',
    () => requireSameOrigin(js({ allowedOrigins: 'https://a.example' })),
  ],
  ['requireSameOrigin() without origins', () => requireSameOrigin(js({}))],
  ['requireSameOrigin() with an empty header', () => requireSameOrigin({ allowedOrigins: [], requiredHeader: '' })],
  [
    'requireSameOrigin() with a header that is no token',
    () => requireSameOrigin({ allowedOrigins: [], requiredHeader: 'X Y' }),
  ],
  ['refreshCookie() with an empty name', () => refreshCookie({ allowedOrigins: [], name: '' })],
  ['refreshCookie() with a name that is no token', () => refreshCookie({ allowedOrigins: [], name: 'a=b' })],
  ['refreshCookie() with a relative path', () => refreshCookie({ allowedOrigins: [], name: 'rt', path: 'auth' })],
  ['requireToken() with a scope that is not in a list', () => requireToken(tokens, js({ scopes: 'read' }))],
  ['requireToken() with two scopes in one', () => requireToken(tokens, { scopes: ['read write'] })],
  ['requireToken() with an empty scope', () => requireToken(tokens, { scopes: [''] })],
  ['requireToken() without a verifier', () => requireToken(js(undefined))],
  ['requireToken() with an isRevoked that is not a function', () => requireToken(tokens, js({ isRevoked: true }))],
  ['requireScopes() with two scopes in one', () => requireScopes('read write')],
  ['refreshToken() without an issuer', () => refreshToken(js({}))],
  ['refreshLimits() with a limit of zero', () => refreshLimits(tokens, { perSessionAndMinute: 0 })],
  ['refreshLimits() with a limit that is a string', () => refreshLimits(tokens, js({ perAddressAndMinute: '10' }))],
  ['memoryStore() for no session', () => memoryStore({ maxSessions: 0 })],
  ['memoryStore() with a sweep that is a string', () => memoryStore(js({ sweepIntervalSeconds: '60' }))],
  ['redisStore() without a client', () => redisStore(js({}))],
  ['redisStore() with a timeout of zero', () => redisStore(redis, { timeoutMs: 0 })],
  ['tokenIssuer() with a Redis client for a store', () => tokenIssuer(js({ ...issuerOptions, store: redis }))],
  [
    'tokenIssuer() with claims that are not a function',
    () => tokenIssuer(js({ ...issuerOptions, claims: { admin: true } })),
  ],
  [
    'tokenIssuer() with a listener that is not a function',
    () => tokenIssuer(js({ ...issuerOptions, onEvent: console })),
  ],
  [
    'tokenIssuer() with a lifetime that is a string',
    () => tokenIssuer(js({ ...issuerOptions, accessTokenLifetimeSeconds: '60' })),
  ],
  ['tokenIssuer() without lifetimes', () => tokenIssuer(js({ ...issuerOptions, refreshToken: undefined }))],
  ['tokenIssuer() with null for an option', () => tokenIssuer(js({ ...issuerOptions, claims: null }))],
  ['tokenIssuer() without options', () => tokenIssuer(js(undefined))],
  ['tokenIssuer() with an issuer that is a number', () => tokenIssuer(js({ ...issuerOptions, issuer: 1 }))],
  ['tokenIssuer() with two keys of one kid', () => tokenIssuer({ ...issuerOptions, secret: [secret, secret] })],
  ['accessTokenVerifier() without keys', () => accessTokenVerifier(js({ issuer, audience }))],
  [
    'accessTokenVerifier() with two sources of keys',
    () => accessTokenVerifier(js({ ...verifier, keys: { keys: [] } })),
  ],
  ['accessTokenVerifier() with an age of zero', () => accessTokenVerifier({ ...verifier, maxTokenAgeSeconds: 0 })],
  ['tokenServer() with a client without an id', () => tokenServer({ ...serverOptions, clients: [{ id: '' }] })],
  [
    'tokenServer() with a client with an empty secret',
    () => tokenServer({ ...serverOptions, clients: [{ id: 'app', secret: '' }] }),
  ],
  ['tokenServer() with two clients of one id', () => tokenServer({ ...serverOptions, clients: [client, client] })],
  [
    'tokenServer() with an unknown grant',
    () => tokenServer(js({ ...serverOptions, clients: [{ id: 'app', grants: ['passwort'] }] })),
  ],
  [
    'tokenServer() with two scopes in one',
    () => tokenServer({ ...serverOptions, clients: [{ id: 'app', scopes: ['a b'] }] }),
  ],
  [
    'tokenServer() with an id that no client can send',
    () => tokenServer({ ...serverOptions, clients: [{ id: '客户' }] }),
  ],
  [
    'tokenServer() with a secret that no client can send',
    () => tokenServer({ ...serverOptions, clients: [{ id: 'app', secret: 'geheim\n' }] }),
  ],
  [
    'tokenServer() with a client without grants',
    () => tokenServer({ ...serverOptions, clients: [{ id: 'app', grants: [] }] }),
  ],
  [
    'tokenServer() with one path for both endpoints',
    () => tokenServer({ ...serverOptions, revocationPath: '/oauth/token' }),
  ],
  ['tokenServer() with a path without slash', () => tokenServer({ ...serverOptions, tokenPath: 'token' })],
  ['webSession() without refresh', () => webSession(js({ tokens: web.tokens }))],
  ['webSession() with a leeway that is a string', () => webSession(js({ ...web, leewaySeconds: '5' }))],
  ...[() => new Date(), () => BigInt(5), () => Number.NaN, async () => 5].flatMap(
    (clock): [string, () => unknown][] => [
      [`tokenIssuer() with the clock ${clock}`, () => tokenIssuer(js({ ...issuerOptions, clock }))],
      [`requireToken() with the clock ${clock}`, () => requireToken(tokens, js({ clock }))],
      [`memoryStore() with the clock ${clock}`, () => memoryStore(js({ clock }))],
    ],
  ),
  ...['jwks.json', '/jwks', 'ftp://a.example/', 'file:///jwks', 'data:,{}'].map((jwksUri): [string, () => unknown] => [
    `accessTokenVerifier() with jwksUri "${jwksUri}"`,
    () => accessTokenVerifier({ issuer, audience, jwksUri }),
  ]),
  ['webSession() with an infinite leeway', () => webSession({ ...web, leewaySeconds: Number.POSITIVE_INFINITY })],
  ['webSession() with a negative time', () => webSession({ ...web, rememberSeconds: -1 })],
];

const logins: [name: string, request: object][] = [
  ['an empty clientId', { clientId: '' }],
  ['a clientId that is null', { clientId: null }],
  ['a misspelt clientId', { client_id: 'app' }],
  ['a scope that is a list', { scope: ['read'] }],
  ['a negative age', { authenticationAgeSeconds: -1 }],
  ['an age that is not a number', { authenticationAgeSeconds: Number.NaN }],
  ['an infinite age', { authenticationAgeSeconds: Number.POSITIVE_INFINITY }],
  ['an age that a clock cannot represent', { authenticationAgeSeconds: 1e300 }],
  ['an empty acr', { acr: '' }],
  ['a meta that is not text', { meta: { device: 7 } }],
];

describe('options', () => {
  afterAll(() => store.close());

  for (const [name, create, message] of misspelt) {
    it(`of ${name} cannot be misspelt: ${message.source}`, async () => {
      await expectAsync((async () => create())()).toBeRejectedWithError(TypeError, message);
    });
  }

  for (const [name, create] of invalid) {
    it(`are rejected at start: ${name}`, async () => {
      await expectAsync((async () => create())()).toBeRejectedWithError(TypeError);
    });
  }

  it('can be undefined', () => {
    const unset = { accessTokenLifetimeSeconds: undefined, claims: undefined, clock: undefined };
    expect(() => tokenIssuer(js({ ...issuerOptions, ...unset }))).not.toThrow();
    expect(() => requireToken(tokens, js({ scopes: undefined }))).not.toThrow();
    expect(() => requireSameOrigin({ allowedOrigins: ['https://a.example', 'http://localhost:9000'] })).not.toThrow();
  });

  for (const [name, request] of logins) {
    it(`of issue() are rejected: ${name}`, async () => {
      await expectAsync(tokens.issue({ sub: 'ada', ...request })).toBeRejectedWithError(TypeError);
    });
  }

  const operations: [name: string, work: () => Promise<unknown>][] = [
    ...[undefined, null, '', 42, ['ada'], { sub: 'ada' }].flatMap((sub): [string, () => Promise<unknown>][] => [
      [`revokeAllForUser(${JSON.stringify(sub)})`, () => tokens.revokeAllForUser(js(sub))],
      [`sessions(${JSON.stringify(sub)})`, () => tokens.sessions(js(sub))],
      [`revokeSession(${JSON.stringify(sub)})`, () => tokens.revokeSession(js(sub))],
    ]),
    ['revokeAllForUser() with a misspelt except', () => tokens.revokeAllForUser('ada', js({ Except: 'id' }))],
    ['revokeAllForUser() with an ID for options', () => tokens.revokeAllForUser('ada', js('id'))],
    ['revokeAllForUser() with an except that is a list', () => tokens.revokeAllForUser('ada', js({ except: ['id'] }))],
    ['revoke() with a misspelt refreshToken', () => tokens.revoke(js({ refresh_token: 'v1.a' }))],
    ['revoke() with a refresh token for options', () => tokens.revoke(js('v1.a'))],
    ['refresh() with a misspelt refreshToken', () => tokens.refresh(js({ refresh_token: 'v1.a' }))],
    ['refresh() without a request', () => tokens.refresh(js(undefined))],
    ...[0, -1, 1.5, Number.NaN, '10', undefined].map((limit): [string, () => Promise<unknown>] => [
      `listSessions() with the limit ${limit}`,
      () => tokens.listSessions(js({ limit })),
    ]),
    ['listSessions() with a cursor that is a list', () => tokens.listSessions(js({ limit: 1, cursor: ['a'] }))],
  ];
  for (const [name, work] of operations) {
    it(`of an operation are rejected: ${name}`, async () => {
      await expectAsync(work()).toBeRejectedWithError(TypeError);
    });
  }

  const nonsense: [name: string, options: Partial<TokenIssuerOptions>][] = [
    [
      'a negative grace period',
      { refreshToken: { idleLifetimeSeconds: 9, absoluteLifetimeSeconds: 9, graceSeconds: -1 } },
    ],
    [
      'an idle lifetime beyond the absolute one',
      { refreshToken: { idleLifetimeSeconds: 10, absoluteLifetimeSeconds: 9 } },
    ],
    [
      'a lifetime that is not a number',
      { refreshToken: { idleLifetimeSeconds: Number.NaN, absoluteLifetimeSeconds: 9 } },
    ],
    ['an access token lifetime of zero', { accessTokenLifetimeSeconds: 0 }],
    ['no issuer', { issuer: '' }],
    ['no audience', { audience: '' }],
    ['no secret', { secret: [] }],
    ['a short secret among others', { secret: [secret, 'short'] }],
    ['no signing key', { signingKeys: [] }],
  ];
  for (const [name, options] of nonsense) {
    it(`of tokenIssuer() are rejected: ${name}`, () => {
      expect(() => companion(options)).toThrowError(TypeError);
    });
  }
});

describe('claims', () => {
  for (const returned of [undefined, null, 0, '', true, 1, 'admin', [], ['admin'], Symbol('x'), () => ({})]) {
    it(`that return ${String(returned) || '""'} (${typeof returned}) issue no token and leave the session unchanged`, async () => {
      let valid = true;
      const claims = (): TokenIssuerOptions['claims'] => js(valid ? {} : returned);
      const { tokens, events } = companion({ claims: js(claims) });
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      valid = false;
      for (const work of [tokens.refresh({ refreshToken: refresh_token }), tokens.issue({ sub: 'ada' })]) {
        await expectAsync(work).toBeRejectedWith(jasmine.objectContaining({ code: 'temporarily_unavailable' }));
        expect(events.at(-1)).toEqual(
          jasmine.objectContaining({ type: 'claims_error', cause: jasmine.any(TypeError) }),
        );
      }
      valid = true;
      expect((await tokens.refresh({ refreshToken: refresh_token })).access_token).toEqual(jasmine.any(String));
    });
  }
});

/** A value that TypeScript would not accept. */
function js<T>(value: unknown): T {
  return value as T;
}
