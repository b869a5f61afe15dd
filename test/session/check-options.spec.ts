import { type AuthError, Bearer, IdleTimeout, Session } from '../../src/core.js';
import { house } from './support.js';

const renewal = { canRenew: () => true, renew: () => Promise.reject(new Error('not called')) };
const url = '/auth/token';

/** Options that are invalid, and the name in the error. */
const invalidSessionOptions: [options: object, name: string][] = [
  [{ refresh: '/auth/token' }, 'refresh'],
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
  [{ automatic: 'yes' }, 'automatic'],
  [{ readTokenResponse: { access_token: 'jwt' } }, 'readTokenResponse'],
  [{ keepResponseProperties: 1 }, 'keepResponseProperties'],
  [{ tokenWaitSeconds: Number.POSITIVE_INFINITY }, 'tokenWaitSeconds'],
  [{ revocation: url }, 'revocation'],
  [{ revocation: { url: 7 } }, 'revocation.url'],
  [{ revocation: { url, method: 'GET' } }, 'revocation.method'],
  [{ onError: 'log' }, 'onError'],
];

const protects = () => true;
const invalidBearerOptions: [options: object, name: string][] = [
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
  [{ timeoutSeconds: '60' }, 'timeoutSeconds'],
  [{ timeoutSeconds: 60, countdownSeconds: -1 }, 'countdownSeconds'],
  [{ timeoutSeconds: 60, onCountdown: true }, 'onCountdown'],
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
  { protects, fetch, onError: () => undefined },
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
});
