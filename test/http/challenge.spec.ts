import fc from 'fast-check';
import { type Challenge, challenges, remedyFor, tokenChallenge } from '../../src/http/challenge.js';

type Parsed = [scheme: string, parameters?: Record<string, string> | string];

/** Headers, with what they say. */
const headers: [what: string, header: string, parsed: Parsed[]][] = [
  ['nothing', '', []],
  ['a scheme alone', 'Bearer', [['bearer']]],
  ['a parameter', 'Bearer realm="api"', [['bearer', { realm: 'api' }]]],
  ['a value without quotes', 'Bearer error=invalid_token', [['bearer', { error: 'invalid_token' }]]],
  ['names in capitals', 'BEARER ERROR="x"', [['bearer', { error: 'x' }]]],
  ['white space around the equals sign', 'Bearer error \t= "x"', [['bearer', { error: 'x' }]]],
  ['no white space after a comma', 'Bearer a=1,b="2"', [['bearer', { a: '1', b: '2' }]]],
  ['a comma in quotes', 'Bearer a="1, Basic b=2", c=3', [['bearer', { a: '1, Basic b=2', c: '3' }]]],
  ['an equals sign in quotes', 'Bearer uri="https://x/?a=b"', [['bearer', { uri: 'https://x/?a=b' }]]],
  ['escaped quotes', String.raw`Bearer title="Login to \"apps\""`, [['bearer', { title: 'Login to "apps"' }]]],
  ['an escaped backslash', String.raw`Bearer a="\\", b=1`, [['bearer', { a: '\\', b: '1' }]]],
  ['an empty value', 'Bearer realm=""', [['bearer', { realm: '' }]]],
  [
    'the example of RFC 9110',
    String.raw`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`,
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  [
    'the example of RFC 9470',
    'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR"',
    [
      [
        'bearer',
        {
          error: 'insufficient_user_authentication',
          error_description: 'A different authentication level is required',
          acr_values: 'myACR',
        },
      ],
    ],
  ],
  ['schemes alone', 'Negotiate, NTLM , Bearer', [['negotiate'], ['ntlm'], ['bearer']]],
  [
    'a token68',
    'Negotiate YII+/a==, Bearer a=1',
    [
      ['negotiate', 'YII+/a=='],
      ['bearer', { a: '1' }],
    ],
  ],
  ['empty elements', ',, Bearer a=1,,b=2,', [['bearer', { a: '1', b: '2' }]]],
  ['a parameter twice', 'Bearer error=a, error=b', [['bearer', { error: 'a' }]]],
  ['a parameter called __proto__', 'Bearer __proto__=a', [['bearer', { ['__proto__']: 'a' }]]],
  ['a parameter before any scheme', 'a=1, Bearer b=2', [['bearer', { b: '2' }]]],
  ['a quote that does not end', 'Bearer a=1, b="2, Basic', [['bearer', { a: '1' }], ['basic']]],
  ['a value that is missing', 'Bearer realm=x, a=, b=2', [['bearer', { realm: 'x', b: '2' }]]],
];

describe('the challenges of a WWW-Authenticate header', () => {
  for (const [what, header, expected] of headers) {
    it(`are parsed: ${what}`, () => {
      expect(challenges(header).map(parsed)).toEqual(expected);
    });
  }

  it('are parsed as they were written, for any number of challenges and any quoted text', () => {
    const name = fc.stringMatching(/^[a-zA-Z][\w-]{0,9}$/).map(text => text.toLowerCase());
    const value = fc.string({ unit: fc.constantFrom(...'abc ,="\\\t;='.split('')), maxLength: 12 });
    const challenge = fc.record({ scheme: name, parameters: fc.dictionary(name, value, { maxKeys: 4 }) });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), fc.constantFrom(', ', ',', ' , ', ', ,'), (written, comma) => {
        const header = written.map(({ scheme, parameters }) => {
          const pairs = Object.entries(parameters).map(([key, text]) => `${key}="${text.replace(/["\\]/g, '\\$&')}"`);
          return [scheme, pairs.join(comma)].join(' ').trim();
        });
        expect(challenges(header.join(comma)).map(parsed)).toEqual(
          written.map(({ scheme, parameters }) => {
            return Object.keys(parameters).length ? [scheme, { ...parameters }] : [scheme];
          }),
        );
      }),
    );
  });

  it('never throw, and take no time, for any header', () => {
    const piece = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'error', '\t', 'é', '\u0000', 'a=b', '==', '/');
    const text = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));
    fc.assert(fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), header => Array.isArray(challenges(header))));
    const startMs = performance.now();
    for (const long of [
      'a="\\'.repeat(20_000),
      'Bearer '.repeat(20_000),
      `a${' '.repeat(60_000)}b`,
      'a=,'.repeat(20_000),
    ])
      challenges(long);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

describe('the reason for which a token was rejected', () => {
  const reason = (header: string | undefined, scheme?: string) =>
    tokenChallenge(
      new Response('', { headers: header === undefined ? {} : { 'WWW-Authenticate': header } }),
      scheme,
    )?.parameters.get('error');

  it('is the first error of a scheme that carries tokens', () => {
    expect(reason('Basic realm="x", Bearer error="invalid_token"')).toBe('invalid_token');
    expect(reason('Bearer realm="x", DPoP error="invalid_token"')).toBe('invalid_token');
    expect(reason('JWT error="expired"', 'JWT')).toBe('expired');
  });

  it('is unknown without a header, without an error, and from a scheme of other credentials', () => {
    expect(reason(undefined)).toBeUndefined();
    expect(reason('Bearer realm="x"')).toBeUndefined();
    expect(reason('Basic error="x", Digest error="y"')).toBeUndefined();
  });

  it('is read from several headers', () => {
    const headers = new Headers();
    headers.append('WWW-Authenticate', 'Basic realm="x"');
    headers.append('WWW-Authenticate', 'Bearer error="invalid_request"');
    expect(tokenChallenge(new Response('', { headers }))?.parameters.get('error')).toBe('invalid_request');
  });
});

describe('what can help a rejected request', () => {
  for (const [status, error, remedy] of [
    [401, undefined, 'new-token'],
    [401, 'invalid_token', 'new-token'],
    [401, 'invalid_request', undefined],
    [401, 'invalid_dpop_proof', undefined],
    [401, 'insufficient_user_authentication', 'step-up'],
    [401, 'insufficient_scope', 'step-up'],
    [403, 'insufficient_scope', 'step-up'],
    [403, undefined, undefined],
    [403, 'invalid_token', undefined],
    [200, 'insufficient_scope', undefined],
    [400, 'insufficient_user_authentication', undefined],
  ] as const) {
    it(`after ${status} with ${error ?? 'no error code'} is ${remedy ?? 'nothing'}`, () => {
      expect(remedyFor(new Response('', { status }), error)).toBe(remedy);
    });
  }
});

function parsed({ scheme, parameters, token68 }: Challenge): Parsed {
  if (token68 !== undefined) return [scheme, token68];
  return parameters.size === 0 ? [scheme] : [scheme, Object.fromEntries(parameters)];
}
