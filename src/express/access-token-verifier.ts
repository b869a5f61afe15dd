import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import {
  type AccessTokenAlgorithm,
  type AccessTokenVerifier,
  localKeys,
  sharedSecretKey,
  verifyAccessToken,
} from './access-token.js';
import type { TokenEventListener } from './audit.js';
import { type FaultListener, faults } from './faults.js';

/** Whose access tokens are accepted, and by which key. */
export type AccessTokenVerifierOptions = {
  /** What `iss` must be. */
  readonly issuer: string;
  /** What `aud` must be, or hold: this API. */
  readonly audience: string;
  /** Forgiven between the clocks of the servers. 0 to 60. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Older tokens are refused whatever their `exp` says. Absence: no such limit. */
  readonly maxTokenAgeSeconds?: number;
  /** Told when the keys cannot be had, or fetched again; tokens whose keys are known go on working. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
} & VerificationKeys;

/** Where the keys come from: one of these. */
export type VerificationKeys =
  /** The URL of the issuer's public keys; they are fetched once and again when they change. */
  | { readonly jwksUri: string; readonly keys?: never; readonly secret?: never }
  /** The issuer's public keys. */
  | { readonly keys: JSONWebKeySet; readonly jwksUri?: never; readonly secret?: never }
  /** The secret that a `tokenIssuer()` elsewhere has and signs with (HS256). Of several, each is recognised. */
  | { readonly secret: string | readonly string[]; readonly jwksUri?: never; readonly keys?: never };

const asymmetric: readonly AccessTokenAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];

/**
 * Checks the access tokens of an issuer that runs elsewhere, for {@link requireToken}: JWTs that call themselves access tokens
 * (`typ` is `at+jwt`), so that no ID token passes for one. Some providers have to be told to issue them.
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
  // An empty one would let the tokens of every issuer pass.
  if (!issuer || !audience) throw new TypeError('accessTokenVerifier: issuer and audience must not be empty.');
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 60)) {
    throw new TypeError('accessTokenVerifier: clockToleranceSeconds must be 0 to 60.');
  }
  const tellFault = faults(options.onEvent);
  const rules = { issuer, audience, clockToleranceSeconds, maxTokenAgeSeconds, clock, tellFault };
  const { getKey, algorithms } = keySource(options, clock, tellFault);
  return { verify: token => verifyAccessToken(token, getKey, algorithms, rules) };
}

function keySource(keys: VerificationKeys, clock: () => number, tellFault: FaultListener) {
  if (keys.secret !== undefined) {
    const algorithms: readonly AccessTokenAlgorithm[] = ['HS256'];
    return { getKey: localKeys([keys.secret].flat().map(sharedSecretKey)), algorithms };
  }
  if (keys.keys !== undefined) return { getKey: createLocalJWKSet(keys.keys), algorithms: asymmetric };
  return { getKey: remoteKeys(new URL(keys.jwksUri), clock, tellFault), algorithms: asymmetric };
}

const timeoutMs = 5_000;
const cooldownMs = 30_000;
const maxAgeMs = 600_000;

/**
 * The keys at a URL. Known keys go on working while they cannot be fetched; they are fetched again, in the background,
 * after ten minutes, and for a key id nobody has seen, at most every thirty seconds.
 */
function remoteKeys(url: URL, clock: () => number, tellFault: FaultListener): JWTVerifyGetKey {
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
  /** The clock may have been set back meanwhile. */
  const isPast = (instant: number, ms: number): boolean => Math.abs(clock() - instant) >= ms;
  const coolingDown = (): boolean => !isPast(triedAt, cooldownMs);

  return async (header, token) => {
    if (lookUp.jwks() === undefined) await fetchKeys();
    else if (isPast(fetchedAt, maxAgeMs) && !coolingDown()) fetchKeys().catch(tellFault);
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
