import {
  AppSession,
  AuthError,
  Bearer,
  browserPorts,
  IdleTimeout,
  idleTimeoutPorts,
  ParkedRequests,
  Session,
  sendCredentials,
} from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { house } from './support.js';

const renewal = { canRenew: () => true, renew: () => Promise.reject(new Error('not called')) };
const url = '/auth/token';

/** Options that are invalid, and the name in the error. */
const invalidSessionOptions: [options: object, name: string][] = [
  [{ refresh: '/auth/token' }, 'refresh'],
  [{ refresh: {} }, 'refresh.url'],
  [{ refresh: { url: undefined, refreshTokenIn: 'cookie' } }, 'refresh.url'],
  [{ refresh: { url: null } }, 'refresh.url'],
  [{ refresh: { url: '' } }, 'refresh.url'],
  [{ refresh: { url: 7 } }, 'refresh.url'],
  [{ refresh: { url, method: 'GET' } }, 'refresh.method'],
  [{ refresh: { url, method: 'head' } }, 'refresh.method'],
  [{ refresh: { url, method: '' } }, 'refresh.method'],
  [{ refresh: { url, parameters: 'a=b' } }, 'refresh.parameters'],
  [{ refresh: { url, headers: 'a: b' } }, 'refresh.headers'],
  [{ refresh: { url, credentials: 'all' } }, 'refresh.credentials'],
  [{ refresh: { url, refreshTokenParameter: '' } }, 'refresh.refreshTokenParameter'],
  [{ refresh: { url, refreshTokenIn: 'header' } }, 'refresh.refreshTokenIn'],
  [{ refresh: { url, sendAccessToken: 'no' } }, 'refresh.sendAccessToken'],
  [{ refresh: { url, header: 'Authorization' } }, 'refresh.header'],
  [{ refresh: { url, timeoutSeconds: '10' } }, 'refresh.timeoutSeconds'],
  [{ refresh: { url, timeoutSeconds: Number.NaN } }, 'refresh.timeoutSeconds'],
  [{ refresh: { url, classifyResponse: 'refused' } }, 'refresh.classifyResponse'],
  [{ refresh: { ...renewal, timeoutSeconds: -1 } }, 'refresh.timeoutSeconds'],
  [{ refresh: { ...renewal, canRenew: true } }, 'refresh.canRenew'],
  [{ refresh: { ...renewal, renew: true } }, 'refresh.renew'],
  [{ refresh: { ...renewal, renew: undefined } }, 'refresh.renew'],
  [{ refresh: { renew: renewal.renew } }, 'refresh.canRenew'],
  [{ automatic: 'yes' }, 'automatic'],
  [{ readTokenResponse: { access_token: 'jwt' } }, 'readTokenResponse'],
  [{ keepResponseProperties: 1 }, 'keepResponseProperties'],
  [{ tokenWaitSeconds: Number.POSITIVE_INFINITY }, 'tokenWaitSeconds'],
  [{ revocation: url }, 'revocation'],
  [{ revocation: {} }, 'revocation.url'],
  [{ revocation: { url: 7 } }, 'revocation.url'],
  [{ revocation: { url, method: 'GET' } }, 'revocation.method'],
  [{ onError: 'log' }, 'onError'],
];

const protects = () => true;
const invalidBearerOptions: [options: object, name: string][] = [
  [{}, 'protects'],
  [{ protects }, 'fetch'],
  [{ protects: 'https://api.example' }, 'protects'],
  [{ protects, headerName: 'X Token' }, 'headerName'],
  [{ protects, headerName: '' }, 'headerName'],
  [{ protects, scheme: true }, 'scheme'],
  [{ protects, token: 'access' }, 'token'],
  [{ protects, fetch: 'fetch' }, 'fetch'],
  [{ protects, stepUp: true }, 'stepUp'],
  [{ protects, onError: true }, 'onError'],
];

const invalidIdleOptions: [options: object, name: string][] = [
  [{}, 'timeoutSeconds'],
  [{ timeoutSeconds: '60' }, 'timeoutSeconds'],
  [{ timeoutSeconds: 60, countdownSeconds: -1 }, 'countdownSeconds'],
  [{ timeoutSeconds: 60, onCountdown: true }, 'onCountdown'],
];

const login = { url: '/auth/login' };

/** Options of an `AppSession` that are invalid, and the name in the error. */
const invalidAppOptions: [options: object, name: string][] = [
  [{ login: '/auth/login' }, 'login'],
  [{ login: {} }, 'login.url'],
  [{ login: { url: '' } }, 'login.url'],
  [{ signup: { logsIn: false } }, 'signup.url'],
  [{ logout: { url: undefined } }, 'logout.url'],
  [{ signup: { ...login, logsIn: 'no' } }, 'signup.logsIn'],
  [{ logout: { ...login, method: 'GET' } }, 'logout.method'],
  [{ session: true }, 'session'],
  [{ session: { automatic: 'yes' } }, 'automatic'],
  [{ oidc: 'https://provider.example' }, 'oidc'],
];

const invalidParkingOptions: [options: object, name: string][] = [
  [{ maxRequests: '20' }, 'maxRequests'],
  [{ maxBodyBytes: -1 }, 'maxBodyBytes'],
  [{ maxWaitSeconds: Number.NaN }, 'maxWaitSeconds'],
  [{ onError: 'log' }, 'onError'],
];

const invalidPortsOptions: [options: object, name: string][] = [
  [{ storage: true }, 'storage'],
  [{ storageKey: '' }, 'storageKey'],
  [{ onError: 'log' }, 'onError'],
];

const header = () => ['X-Token', 'token'] as const;
const request = { method: 'PUT', parameters: { client_id: 'shop' }, headers: { Accept: '*/*' } };
const credentials = ['omit', 'same-origin', 'include'];

/** Options with every name. */
const validSessionOptions: object[] = [
  {
    refresh: { ...renewal, timeoutSeconds: 0 },
    automatic: false,
    readTokenResponse: () => ({ accessToken: 'token', tokenType: 'Bearer', body: undefined }),
    keepResponseProperties: true,
    tokenWaitSeconds: 0.5,
    onError: () => undefined,
  },
  ...['body', 'cookie'].map(refreshTokenIn => ({
    refresh: { url, ...request, refreshTokenIn, refreshTokenParameter: 'rt', sendAccessToken: false },
  })),
  ...credentials.map(each => ({ refresh: { url, credentials: each }, revocation: { url, credentials: each } })),
  { refresh: { url, header, timeoutSeconds: 5, classifyResponse: () => 'refused' } },
  { revocation: { url, ...request, refreshTokenParameter: 'rt', header } },
  { revocation: { url: async () => url } },
];

const validBearerOptions: object[] = [
  { protects, headerName: 'X-Token', scheme: '', token: () => 'token', fetch, stepUp: async () => undefined },
  { protects, fetch, onError: () => undefined, proof: undefined, parkedRequests: { park: async () => undefined } },
];

const validAppOptions: object[] = [
  { login, signup: { ...login, logsIn: false }, logout: { ...login, ...request }, session: {}, oidc: undefined },
];

const validParkingOptions: object[] = [
  { maxRequests: 0, maxBodyBytes: 0, maxWaitSeconds: 1, after: () => () => undefined, onError: () => undefined },
];

const validPortsOptions: object[] = [
  { storage: 'memory', storageKey: 'shop', onError: () => undefined },
  { storage: { read: () => undefined, write: () => undefined, remove: () => undefined } },
];

const validIdleOptions: object[] = [{ timeoutSeconds: 60, countdownSeconds: 0, onCountdown: () => undefined }];

function thrownBy(create: () => unknown): AuthError | undefined {
  try {
    create();
  } catch (error) {
    return error as AuthError;
  }
  return undefined;
}

describe('options', () => {
  const { ports } = house().browser.openTab();
  const session = () => new Session({}, ports);
  const idlePorts = { after: ports.after, lastActive: ports.store, wall: () => 0, onActivity: () => () => undefined };

  const shown = (value: object) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'number' ? String(inner) : inner));

  for (const [what, invalid, valid, create] of [
    ['Session', invalidSessionOptions, validSessionOptions, (value: object) => new Session(value, ports)],
    ['Bearer', invalidBearerOptions, validBearerOptions, (value: object) => new Bearer(session(), value as never)],
    [
      'IdleTimeout',
      invalidIdleOptions,
      validIdleOptions,
      (value: object) => new IdleTimeout(session(), value as never, idlePorts),
    ],
    ['AppSession', invalidAppOptions, validAppOptions, (value: object) => new AppSession(value, ports)],
    [
      'ParkedRequests',
      invalidParkingOptions,
      validParkingOptions,
      (value: object) => new ParkedRequests(session(), value),
    ],
    ['browserPorts', invalidPortsOptions, validPortsOptions, browserPorts],
    ['idleTimeoutPorts', invalidPortsOptions, validPortsOptions, idleTimeoutPorts],
  ] as const) {
    for (const value of valid) {
      it(`of a ${what} are accepted: ${shown(value)}`, () => {
        expect(thrownBy(() => create(value))).toBeUndefined();
      });
    }
    for (const [value, name] of invalid) {
      it(`of a ${what} are rejected by name: ${name} of ${shown(value)}`, () => {
        const error = thrownBy(() => create(value));
        expect(error?.code).toBe('invalid_configuration');
        expect(error?.message).toContain(`"${name}"`);
      });
    }
  }

  it('are not shown in the error, since they may be secret', () => {
    const error = thrownBy(() => new Session({ refresh: { url, refreshTokenIn: 'secret' as 'body' } }, ports));
    expect(error?.message).not.toContain('secret');
  });

  it('that are null have their defaults', async () => {
    const nothing = { storage: null, storageKey: null, scheme: null, headerName: null, token: null, proof: null };
    const { storage, storageKey, ...unset } = nothing as unknown as Record<string, never>;
    expect(browserPorts({ storage, storageKey } as never).lockName).toBe(browserPorts().lockName);
    const session = new Session({}, ports);
    session.logIn({ access_token: 'a', token_type: 'DPoP' });
    const bearer = new Bearer(session, { protects: () => true, fetch: async () => new Response(), ...unset });
    const { headers } = await bearer.authorize(new Request('/x'));
    expect(headers.get('Authorization')).toBe('Bearer a');
    const limits = { maxRequests: null, maxBodyBytes: null, maxWaitSeconds: null, after: null } as never;
    const parked = new ParkedRequests(session, limits);
    session.logOut('refused');
    const waits = parked.park(new AuthError('session_ended', ''), { request: new Request('/x'), body: null });
    await settled();
    expect(parked.count).toBe(1);
    session.dispose();
    await waits;
  });

  it('that are null or undefined count as unset', () => {
    expect(thrownBy(() => new Session({ refresh: undefined, tokenWaitSeconds: null as never }, ports))).toBeUndefined();
  });

  it('that are computed are not read before they are needed', () => {
    const refresh = {
      get url(): string {
        throw new Error('read too early');
      },
    };
    expect(thrownBy(() => new Session({ refresh }, ports))).toBeUndefined();
  });

  for (const [create, name, suggestion] of [
    [() => new Session({ refesh: { url } } as object, ports), 'refesh', 'refresh'],
    [() => new Session({ automatci: false } as object, ports), 'automatci', 'automatic'],
    [() => new Session({ tokenWait: 5 } as object, ports), 'tokenWait', 'tokenWaitSeconds'],
    [() => new Session({ waitSeconds: 5 } as object, ports), 'waitSeconds', 'tokenWaitSeconds'],
    [() => new Session({ onerror: () => undefined } as object, ports), 'onerror', 'onError'],
    [
      () => new Session({ keepOldResponseProperties: true } as object, ports),
      'keepOldResponseProperties',
      'keepResponseProperties',
    ],
    [() => new Session({ refresh: { ulr: url } as never }, ports), 'refresh.ulr', 'url'],
    [() => new Session({ refresh: { url, timeout: 5 } as never }, ports), 'refresh.timeout', 'timeoutSeconds'],
    [
      () => new Session({ refresh: { url, refreshTokenin: 'cookie' } as never }, ports),
      'refresh.refreshTokenin',
      'refreshTokenIn',
    ],
    [
      () => new Session({ refresh: { ...renewal, timeoutSecond: 5 } as never }, ports),
      'refresh.timeoutSecond',
      'timeoutSeconds',
    ],
    [() => new Session({ revocation: { url, header_: header } as never }, ports), 'revocation.header_', 'header'],
    [() => new Bearer(session(), { protect: protects, fetch } as never), 'protect', 'protects'],
    [() => new Bearer(session(), { protects, fetch, header: 'X-Token' } as never), 'header', 'headerName'],
    [() => new IdleTimeout(session(), { timeoutSecs: 60 } as never, idlePorts), 'timeoutSecs', 'timeoutSeconds'],
    [() => new ParkedRequests(session(), { maxRequest: 1 } as object), 'maxRequest', 'maxRequests'],
    [() => new AppSession({ singup: login } as object, ports), 'singup', 'signup'],
    [() => new AppSession({ login: { URL: '/in' } as never }, ports), 'login.URL', 'url'],
    [() => new AppSession({ signup: { ...login, login: false } as never }, ports), 'signup.login', 'logsIn'],
    [() => new AppSession({ session: { automatik: true } as object }, ports), 'automatik', 'automatic'],
    [() => browserPorts({ storagekey: 'shop' } as object), 'storagekey', 'storageKey'],
    [() => idleTimeoutPorts({ store: 'memory' } as object), 'store', 'storage'],
  ] as const) {
    it(`with an unknown name are rejected with the nearest name: ${name}`, () => {
      const error = thrownBy(create);
      expect(error?.code).toBe('invalid_configuration');
      expect(error?.message).toBe(`There is no option "${name}". Did you mean "${suggestion}"?`);
    });
  }

  it('with an unknown name are rejected without a suggestion, if no name is near', () => {
    expect(thrownBy(() => new Session({ foo: 1 } as object, ports))?.message).toBe('There is no option "foo".');
  });

  it('of a login request are rejected without a URL', async () => {
    const sent = sendCredentials({}, { method: 'PUT' } as never, ports);
    await expectAsync(sent).toBeRejectedWithError('The option "url" is invalid, expected: text, required.');
  });

  it('of a login request are rejected with the nearest name', async () => {
    const sent = sendCredentials({}, { ...login, metod: 'PUT' } as never, ports);
    await expectAsync(sent).toBeRejectedWithError('There is no option "metod". Did you mean "method"?');
  });

  it('may be instances of a class with members of their own', () => {
    class OwnRenewal {
      private readonly renewals = 0;
      canRenew = () => this.renewals === 0;
      renew = renewal.renew;
    }
    expect(thrownBy(() => new Session({ refresh: new OwnRenewal() }, ports))).toBeUndefined();
  });

  it('that are required may be members of a class', () => {
    class OwnRenewal {
      canRenew = renewal.canRenew;
      renew(): Promise<never> {
        return renewal.renew();
      }
    }
    class Address {
      get url(): string {
        throw new Error('read too early');
      }
    }
    for (const refresh of [new OwnRenewal(), new Address()])
      expect(thrownBy(() => new Session({ refresh }, ports))).toBeUndefined();
  });
});
