import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { localKeys, sharedSecretKey } from './access-token.js';
import type { ErrorReporter } from './error-reporter.js';
import type { AccessTokenAlgorithm, VerificationAlgorithm } from './verify-signature.js';

/** The source of the keys. Set exactly one. */
export type VerificationKeys =
  /** The URL of the issuer's public keys. They are fetched once, and again when they change. */
  | { readonly jwksUri: string; readonly keys?: never; readonly secret?: never }
  /** The issuer's public keys. */
  | { readonly keys: JSONWebKeySet; readonly jwksUri?: never; readonly secret?: never }
  /** The secret of a `tokenIssuer()` in another process, which signs with HS256. All secrets of a list are recognised. */
  | { readonly secret: string | readonly string[]; readonly jwksUri?: never; readonly keys?: never };

const defaultAlgorithms: readonly VerificationAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
/** All algorithms with a public key. */
export const knownAlgorithms: readonly VerificationAlgorithm[] = [
  ...defaultAlgorithms,
  ...(['RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES384', 'ES512', 'Ed25519'] as const),
];

/** Keys, and the algorithms they are accepted with. */
export type KeySourceOptions = VerificationKeys & { readonly algorithms?: readonly VerificationAlgorithm[] };

/** The result of {@link keySource}. */
export interface KeySource {
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: readonly AccessTokenAlgorithm[];
}

/** Returns the function that finds the key of a token, and the accepted algorithms. */
export function keySource(keys: KeySourceOptions, clock: () => number, reportError: ErrorReporter): KeySource {
  if (keys.secret !== undefined) {
    return { getKey: localKeys([keys.secret].flat().map(sharedSecretKey)), algorithms: ['HS256'] };
  }
  if (keys.keys !== undefined)
    return { getKey: createLocalJWKSet(keys.keys), algorithms: keys.algorithms ?? defaultAlgorithms };
  return {
    getKey: remoteKeys(new URL(keys.jwksUri), clock, reportError),
    algorithms: keys.algorithms ?? defaultAlgorithms,
  };
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
