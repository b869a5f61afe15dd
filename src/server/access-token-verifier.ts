import { type AccessTokenVerifier, verifyAccessToken } from './access-token.js';
import { errorReporter } from './error-reporter.js';
import { checkOptions } from './option-check.js';
import type { TokenEventListener } from './token-event.js';
import { type AccessTokenType, accessTokenTypes } from './token-kind.js';
import { keySource, knownAlgorithms, type VerificationKeys } from './verification-keys.js';
import type { VerificationAlgorithm } from './verify-signature.js';

/** The issuer, the audience and the keys for {@link accessTokenVerifier}. */
export type AccessTokenVerifierOptions = {
  /** The required `iss`. */
  readonly issuer: string;
  /** The identifier of this API, which `aud` must contain. Required if `clientIds` is unset. */
  readonly audience?: string;
  /** The clients whose tokens are accepted (`client_id`, `azp` or `cid`). Needed for issuers without `aud`, such as Cognito. */
  readonly clientIds?: readonly string[];
  /**
   * Accepted types in the header. With other types than `at+jwt`, ID tokens are recognised by their claims. Keycloak, Entra ID and
   * Auth0 need `['JWT']`, Cognito and Okta need `['none']`.
   * @default ['at+jwt']
   */
  readonly types?: readonly AccessTokenType[];
  /** Accepted algorithms. @default ['RS256', 'ES256', 'EdDSA'], or HS256 with `secret` */
  readonly algorithms?: readonly VerificationAlgorithm[];
  /** Claims that must have exactly these values: `{ token_use: 'access' }`. */
  readonly requiredClaims?: Readonly<Record<string, string>>;
  /** Tolerated difference between the clocks of the servers. 0 to 60. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Rejects tokens older than this, regardless of their `exp`. If unset, only `exp` counts. */
  readonly maxTokenAgeSeconds?: number;
  /** Called when the keys cannot be fetched. Tokens with cached keys are still verified. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
} & VerificationKeys;

/**
 * Verifies the access tokens of another issuer. Pass the result to `requireToken()`.
 *
 * By default accepts JWTs with the type `at+jwt` only, so that an ID token is not accepted as an access token. Providers with other
 * types need `types`.
 *
 * @example
 * ```ts
 * const tokens = accessTokenVerifier({
 *   issuer: 'https://login.example.com',
 *   audience: 'https://api.example.com',
 *   jwksUri: 'https://login.example.com/.well-known/jwks.json',
 * });
 * app.get('/api/reports', requireToken(tokens), handler);
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc9068#section-2.1
 */
export function accessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  checkVerifierOptions(options);
  const { issuer, audience, clientIds, types, requiredClaims, maxTokenAgeSeconds } = options;
  const { clockToleranceSeconds = 5, clock = Date.now } = options;
  const reportError = errorReporter(options.onEvent);
  const expected = { issuer, audience, clientIds, types, requiredClaims };
  const rules = { ...expected, clockToleranceSeconds, maxTokenAgeSeconds, clock, reportError };
  const { getKey, algorithms } = keySource(options, clock, reportError);
  return { verify: token => verifyAccessToken(token, getKey, algorithms, rules) };
}

/** Empty values would accept all tokens, so they are rejected. */
function checkVerifierOptions(options: AccessTokenVerifierOptions): void {
  checkOptions<AccessTokenVerifierOptions>('accessTokenVerifier', options, {
    issuer: 'text!',
    audience: 'text',
    clientIds: 'names',
    types: 'list',
    algorithms: 'list',
    requiredClaims: 'text record',
    clockToleranceSeconds: 'duration',
    maxTokenAgeSeconds: 'positive',
    onEvent: 'function',
    clock: 'clock',
    jwksUri: 'http url',
    keys: 'object',
    secret: 'texts',
  });
  const { clockToleranceSeconds = 5, audience, clientIds, types, algorithms, jwksUri, keys, secret } = options;
  if (clockToleranceSeconds > 60) throw new TypeError('accessTokenVerifier: clockToleranceSeconds must not exceed 60.');
  if ([jwksUri, keys, secret].filter(source => source !== undefined).length !== 1) {
    throw new TypeError('accessTokenVerifier: set exactly one of jwksUri, keys and secret.');
  }
  if (audience === undefined && clientIds === undefined) {
    throw new TypeError('accessTokenVerifier: set audience, or clientIds if the tokens have no audience.');
  }
  checkMembers('types', types, accessTokenTypes);
  checkMembers('algorithms', algorithms, secret === undefined ? knownAlgorithms : []);
}

function checkMembers(name: string, values: readonly string[] | undefined, known: readonly string[]): void {
  if (values === undefined) return;
  const unknown = values.length === 0 ? '' : values.find(value => !known.includes(value));
  if (unknown !== undefined) throw new TypeError(`accessTokenVerifier: ${name}: "${unknown}" is not one of ${known}.`);
}
