import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import {
  type AccessTokenAlgorithm,
  type AccessTokenVerifier,
  localKeys,
  sharedSecretKey,
  verifyAccessToken,
} from './access-token.js';
import { type ErrorReporter, errorReporter } from './error-reporter.js';
import { checkOptions } from './option-check.js';
import type { TokenEventListener } from './token-event.js';

/** The issuer, the audience and the keys for {@link accessTokenVerifier}. */
export type AccessTokenVerifierOptions = {
  /** The required `iss`. */
  readonly issuer: string;
  /** The identifier of this API, which `aud` must contain. */
  readonly audience: string;
  /** Tolerated difference between the clocks of the servers. 0 to 60. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Rejects tokens older than this, regardless of their `exp`. If unset, only `exp` counts. */
  readonly maxTokenAgeSeconds?: number;
  /** Called when the keys cannot be fetched. Tokens with cached keys are still verified. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
} & VerificationKeys;

/** The source of the keys. Set exactly one. */
export type VerificationKeys =
  /** The URL of the issuer's public keys. They are fetched once, and again when they change. */
  | { readonly jwksUri: string; readonly keys?: never; readonly secret?: never }
  /** The issuer's public keys. */
  | { readonly keys: JSONWebKeySet; readonly jwksUri?: never; readonly secret?: never }
  /** The secret of a `tokenIssuer()` in another process, which signs with HS256. All secrets of a list are recognised. */
  | { readonly secret: string | readonly string[]; readonly jwksUri?: never; readonly keys?: never };

const asymmetric: readonly AccessTokenAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];

/**
 * Verifies the access tokens of another issuer. Pass the result to `requireToken()`.
 *
 * Accepts JWTs with the type `at+jwt` only, so that an ID token is not accepted as an access token. Some providers issue this
 * type only after a change of their configuration.
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
  const { issuer, audience, clockToleranceSeconds = 5, maxTokenAgeSeconds, clock = Date.now } = options;
  checkVerifierOptions(options);
  const reportError = errorReporter(options.onEvent);
  const rules = { issuer, audience, clockToleranceSeconds, maxTokenAgeSeconds, clock, reportError };
  const { getKey, algorithms } = keySource(options, clock, reportError);
  return { verify: token => verifyAccessToken(token, getKey, algorithms, rules) };
}

/** An empty issuer or audience would accept all tokens, so both must be set. */
function checkVerifierOptions(options: AccessTokenVerifierOptions): void {
  checkOptions<AccessTokenVerifierOptions>('accessTokenVerifier', options, {
    issuer: 'text!',
    audience: 'text!',
    clockToleranceSeconds: 'duration',
    maxTokenAgeSeconds: 'positive',
    onEvent: 'function',
    clock: 'function',
    jwksUri: 'text',
    keys: 'object',
    secret: 'texts',
  });
  const { clockToleranceSeconds = 5, jwksUri, keys, secret } = options;
  if (clockToleranceSeconds > 60) throw new TypeError('accessTokenVerifier: clockToleranceSeconds must not exceed 60.');
  if ([jwksUri, keys, secret].filter(source => source !== undefined).length !== 1) {
    throw new TypeError('accessTokenVerifier: set exactly one of jwksUri, keys and secret.');
  }
}

function keySource(keys: VerificationKeys, clock: () => number, reportError: ErrorReporter) {
  if (keys.secret !== undefined) {
    const algorithms: readonly AccessTokenAlgorithm[] = ['HS256'];
    return { getKey: localKeys([keys.secret].flat().map(sharedSecretKey)), algorithms };
  }
  if (keys.keys !== undefined) return { getKey: createLocalJWKSet(keys.keys), algorithms: asymmetric };
  return { getKey: remoteKeys(new URL(keys.jwksUri), clock, reportError), algorithms: asymmetric };
}

const timeoutMs = 5_000;
const cooldownMs = 30_000;
const maxAgeMs = 600_000;

/**
 * Returns the keys at a URL. Cached keys remain in use while the URL cannot be fetched. Keys are fetched again in the background
 * after ten minutes, and for an unknown key ID at most every thirty seconds.
 */
function remoteKeys(url: URL, clock: () => number, reportError: ErrorReporter): JWTVerifyGetKey {
  const lookUp = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
  });
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: { readonly error: unknown } | undefined;

  const fetchKeys = async (): Promise<void> => {
    try {
      await lookUp.reload();
      fetchedAt = clock();
      failure = undefined;
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      triedAt = clock();
    }
  };
  /** Uses the absolute difference, because the clock can be set back. */
  const isPast = (instant: number, ms: number): boolean => Math.abs(clock() - instant) >= ms;
  const coolingDown = (): boolean => !isPast(triedAt, cooldownMs);

  return async (header, token) => {
    if (lookUp.jwks() === undefined) await fetchKeys();
    else if (isPast(fetchedAt, maxAgeMs) && !coolingDown()) fetchKeys().catch(reportError);
    try {
      return await lookUp(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!coolingDown()) await fetchKeys();
      else throw failure?.error ?? error;
      return lookUp(header, token);
    }
  };
}
