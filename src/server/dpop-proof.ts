import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { challenge } from './challenge.js';
import { dpopNonces } from './dpop-nonce.js';
import { OAuthError } from './oauth-error.js';
import { checkOptions } from './option-check.js';

/**
 * Remembers a proof. Resolves to `true` if the key is new, and to `false` if it was remembered before. Keys can be dropped after
 * their lifetime. Several processes need a shared store, such as Redis: `SET key 1 NX EX lifetimeSeconds`.
 */
export type DpopReplays = (key: string, lifetimeSeconds: number) => Promise<boolean>;

/** How DPoP proofs are verified. @see https://www.rfc-editor.org/rfc/rfc9449 */
export interface DpopOptions {
  /** Rejects access tokens that are not bound to a key. @default false */
  readonly required?: boolean;
  /** The public origin of the API, if it differs from the origin of the request that the server receives. */
  readonly origin?: string;
  /** Requires a nonce of the server, derived from this secret of at least 32 bytes. If unset, proofs need no nonce. */
  readonly nonceSecret?: string;
  /** Remembers proofs, so that none is accepted twice. If unset, this process remembers them. */
  readonly replays?: DpopReplays;
}

/** A request with a DPoP-bound access token. */
export interface DpopRequest {
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  readonly proof: string | undefined;
  readonly accessToken: string;
  /** The thumbprint of the key that the access token is bound to. */
  readonly thumbprint: string;
}

const algorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];
/** How old a proof may be. */
const maxAgeSeconds = 60;
/** Tolerated difference to the clock of the client. */
const toleranceSeconds = 30;
/** How long a proof can be accepted: the longest is one from the future. */
const replaySeconds = maxAgeSeconds + 2 * toleranceSeconds;

/** Returns the challenge for DPoP. */
export function dpopChallenge(parameters: Readonly<Record<string, string>> = {}): string {
  return challenge('DPoP', { algs: algorithms.join(' '), ...parameters });
}

/** Returns the error for a request that needs another proof or a bound token. */
export function dpopError(
  code: 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce',
  message: string,
  options: { readonly cause?: unknown; readonly nonce?: string } = {},
): OAuthError {
  const { cause, nonce } = options;
  const headers = {
    'WWW-Authenticate': dpopChallenge({ error: code, error_description: message }),
    ...(nonce === undefined ? {} : { 'DPoP-Nonce': nonce }),
  };
  return new OAuthError(code, message, { headers, cause });
}

/**
 * Returns a function that verifies DPoP proofs.
 *
 * @throws {OAuthError} `invalid_dpop_proof`, or `use_dpop_nonce`
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export function dpopVerifier(options: DpopOptions, clock: () => number): (request: DpopRequest) => Promise<void> {
  const { nonceSecret, replays = replaysInMemory(clock) } = options;
  const nonces = nonceSecret === undefined ? undefined : dpopNonces(nonceSecret, clock);

  return async request => {
    const { payload, jwk } = await verifiedProof(request.proof, clock);
    const thumbprint = await calculateJwkThumbprint(jwk);
    const problem = thumbprint === request.thumbprint ? problemOf(payload, request) : 'another key';
    if (problem !== undefined) throw invalidProof(`The DPoP proof is for ${problem}.`);
    if (nonces !== undefined && !nonces.isValid(payload['nonce'])) {
      throw dpopError('use_dpop_nonce', 'The DPoP proof needs a nonce of the server.', { nonce: nonces.create() });
    }
    const key = createHash('sha256').update(`${thumbprint} ${payload.jti}`).digest('base64url');
    if (!(await replays(key, replaySeconds))) throw invalidProof('The DPoP proof was used before.');
  };
}

/** Checks the names and the values of the options. */
export function checkDpopOptions(where: string, options: DpopOptions): void {
  checkOptions(where, options, { required: 'flag', origin: 'origin', nonceSecret: 'text', replays: 'function' });
}

async function verifiedProof(
  proof: string | undefined,
  clock: () => number,
): Promise<{ payload: JWTPayload; jwk: JWK }> {
  if (proof === undefined) throw invalidProof('The request has no DPoP proof.');
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms,
      typ: 'dpop+jwt',
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
      maxTokenAge: maxAgeSeconds,
      clockTolerance: toleranceSeconds,
      currentDate: new Date(clock()),
    });
    return { payload, jwk: protectedHeader.jwk as JWK };
  } catch (cause) {
    if (cause instanceof errors.JOSEError || cause instanceof TypeError || cause instanceof DOMException) {
      throw invalidProof('The DPoP proof is not valid.', cause);
    }
    throw cause;
  }
}

/** What the proof is for, if not for this request. */
function problemOf(payload: JWTPayload, { method, url, accessToken }: DpopRequest): string | undefined {
  const { jti, htm, htu, ath } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) return 'no identifier';
  if (htm !== method) return 'another method';
  const target = normalizedUrl(url);
  if (target === undefined || typeof htu !== 'string' || normalizedUrl(htu) !== target) return 'another URL';
  return ath === createHash('sha256').update(accessToken).digest('base64url') ? undefined : 'another access token';
}

/** Without query and fragment. @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2 */
function normalizedUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  const path = pathname.replace(/%[\da-f]{2}/gi, encoded => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
  return `${protocol}//${host}${path}`;
}

function invalidProof(message: string, cause?: unknown): OAuthError {
  return dpopError('invalid_dpop_proof', message, { cause });
}

/** Remembers keys in the memory of this process. */
function replaysInMemory(clock: () => number): DpopReplays {
  /** When each key can be dropped, earliest first. */
  const keys = new Map<string, number>();
  return async (key, seconds) => {
    const now = clock();
    for (const [old, dropAt] of keys) {
      if (dropAt > now) break;
      keys.delete(old);
    }
    if (keys.has(key)) return false;
    keys.set(key, now + seconds * 1000);
    return true;
  };
}
