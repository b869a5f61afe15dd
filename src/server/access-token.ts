import { createHmac, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import {
  errors,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import type { ErrorReporter } from './error-reporter.js';
import { OAuthError, unavailable } from './oauth-error.js';
import { checkSecret, keyId } from './secret.js';
import { type AccessTokenType, hasType, isOtherToken, scopeOf } from './token-kind.js';
import { type AccessTokenAlgorithm, verifySignature } from './verify-signature.js';

/** A private key that signs access tokens. Other servers verify them with the public key. */
export interface SigningKey {
  /** The key ID in the header of each token. */
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  /** PEM, JWK, or a key from `generateKeyPairSync`. */
  readonly privateKey: KeyObject | JWK | string;
}

/** The claims of an access token. @see https://www.rfc-editor.org/rfc/rfc9068#section-2.2 */
export interface AccessTokenClaims extends JWTPayload {
  readonly sub: string;
  /** Space-separated. */
  readonly scope?: string;
  /** Unset if the login was not bound to a client. */
  readonly client_id?: string;
  /** The ID of the session. */
  readonly sid?: string;
  /** When the user authenticated, in epoch seconds. */
  readonly auth_time?: number;
  /** How the user authenticated. @see https://www.rfc-editor.org/rfc/rfc9470#section-6 */
  readonly acr?: string;
}

/** A key of the issuer, imported once. */
export interface AccessTokenKey {
  readonly kid: string;
  readonly alg: AccessTokenAlgorithm;
  readonly verificationKey: KeyObject;
  sign(claims: JWTPayload): string | Promise<string>;
}

export interface AccessTokenRules {
  readonly issuer: string;
  readonly audience?: string | undefined;
  readonly clientIds?: readonly string[] | undefined;
  readonly types?: readonly AccessTokenType[] | undefined;
  readonly requiredClaims?: Readonly<Record<string, string>> | undefined;
  /** Tolerance for `exp` and `nbf`. At most 60. */
  readonly clockToleranceSeconds: number;
  /** Rejects tokens older than this, regardless of their `exp`. If unset, only `exp` counts. */
  readonly maxTokenAgeSeconds?: number | undefined;
  readonly clock: () => number;
  /** Called when a token could not be verified because of another error. */
  readonly reportError?: ErrorReporter;
}

/** Verifies access tokens. */
export interface AccessTokenVerifier {
  /** @throws {OAuthError} `invalid_token`, or `temporarily_unavailable` if the keys cannot be fetched */
  verify(accessToken: string): Promise<AccessTokenClaims>;
}

/** Returns the HS256 key for a shared secret. @throws {TypeError} if the secret is too short */
export function sharedSecretKey(secret: string): AccessTokenKey {
  checkSecret(secret);
  const key = createSecretKey(Buffer.from(secret));
  const kid = keyId(secret);
  const header = encoded({ alg: 'HS256', typ: 'at+jwt', kid });
  return {
    kid,
    alg: 'HS256',
    verificationKey: key,
    // Without jose, because its HMAC through WebCrypto costs more than the rest of a refresh.
    sign(claims) {
      const content = `${header}.${encoded(claims)}`;
      return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
    },
  };
}

/** Imports a private key. @throws {TypeError} if the key does not fit its `alg` */
export function asymmetricKey({ kid, alg, privateKey }: SigningKey): AccessTokenKey {
  const signingKey = privateKeyObject(privateKey);
  if (!suits(signingKey, alg)) throw new TypeError(`The signing key "${kid}" is not a private key for ${alg}.`);
  return {
    kid,
    alg,
    verificationKey: createPublicKey(signingKey),
    sign: claims => new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid }).sign(signingKey),
  };
}

/** Finds keys by `kid`. A key is used only with its own algorithm. */
export function localKeys(keys: readonly AccessTokenKey[]): JWTVerifyGetKey {
  const byId = new Map(keys.map(key => [key.kid, key]));
  return header => {
    const key = byId.get(header.kid ?? '');
    if (key === undefined || key.alg !== header.alg) throw new errors.JWKSNoMatchingKey();
    return key.verificationKey;
  };
}

/** Returns the public keys. Shared secrets are left out. */
export function publicKeySet(keys: readonly AccessTokenKey[]): JSONWebKeySet {
  const asymmetric = keys.filter(key => key.alg !== 'HS256');
  return {
    keys: asymmetric.map(({ kid, alg, verificationKey }) => ({
      ...(verificationKey.export({ format: 'jwk' }) as JWK),
      kid,
      alg,
      use: 'sig',
    })),
  };
}

/** Verifies an access token. @see https://www.rfc-editor.org/rfc/rfc8725#section-3 @see https://www.rfc-editor.org/rfc/rfc9068#section-4 */
export async function verifyAccessToken(
  accessToken: string,
  key: JWTVerifyGetKey,
  algorithms: readonly AccessTokenAlgorithm[],
  rules: AccessTokenRules,
): Promise<AccessTokenClaims> {
  try {
    const protectedHeader = await verifySignature(accessToken, key, algorithms);
    const payload = validClaims(accessToken, rules);
    if ('jku' in protectedHeader || 'jwk' in protectedHeader || 'x5u' in protectedHeader || 'x5c' in protectedHeader) {
      throw new errors.JWSInvalid('The token contains its own key.');
    }
    if (typeof payload.sub !== 'string' || payload.sub === '') throw new errors.JWTInvalid('"sub" must be a string.');
    checkKind(payload, protectedHeader.typ, rules);
    checkClaims(payload, rules);
    const scope = scopeOf(payload);
    return scope === payload.scope || scope === undefined ? payload : { ...payload, scope };
  } catch (error) {
    if (isTokenError(error)) throw invalidToken(error);
    rules.reportError?.(error);
    throw unavailable(error);
  }
}

const unsecuredHeader = encoded({ alg: 'none' });

/** Reads the claims of a token whose signature was verified, and lets jose validate them. */
function validClaims(accessToken: string, rules: AccessTokenRules): AccessTokenClaims {
  const unsecured = `${unsecuredHeader}.${accessToken.split('.')[1]}.`;
  const { payload } = UnsecuredJWT.decode<AccessTokenClaims>(unsecured, {
    issuer: rules.issuer,
    ...(rules.audience === undefined ? {} : { audience: rules.audience }),
    clockTolerance: rules.clockToleranceSeconds,
    currentDate: new Date(rules.clock()),
    requiredClaims: ['exp', 'iat', 'sub'],
    ...(rules.maxTokenAgeSeconds === undefined ? {} : { maxTokenAge: rules.maxTokenAgeSeconds }),
  });
  return payload;
}

function checkKind(claims: JWTPayload, typ: unknown, { types = ['at+jwt'] }: AccessTokenRules): void {
  if (!hasType(typ, types)) throw new errors.JWTInvalid('The header has another type.');
  if (!hasType(typ, ['at+jwt']) && isOtherToken(claims)) throw new errors.JWTInvalid('This is not an access token.');
}

/** The client is the first of the claims that issuers use for it. */
function checkClaims(claims: JWTPayload, { clientIds, requiredClaims = {} }: AccessTokenRules): void {
  const client = claims['client_id'] ?? claims['azp'] ?? claims['cid'];
  if (clientIds !== undefined && !clientIds.some(id => id === client)) throw new errors.JWTInvalid('Another client.');
  const missing = Object.entries(requiredClaims).find(([name, value]) => claims[name] !== value);
  if (missing !== undefined) throw new errors.JWTInvalid(`The claim ${missing[0]} has another value.`);
}

/** Returns the error for an invalid access token. */
export function invalidToken(cause?: unknown): OAuthError {
  return new OAuthError('invalid_token', 'The access token is not valid.', { cause });
}

/** Returns whether the token itself is invalid. Other errors concern the keys. */
export function isTokenError(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function privateKeyObject(key: SigningKey['privateKey']): KeyObject {
  if (typeof key === 'string') return createPrivateKey(key);
  return 'asymmetricKeyType' in key
    ? (key as KeyObject)
    : createPrivateKey({ key, format: 'jwk' } as Parameters<typeof createPrivateKey>[0]);
}

function suits(key: KeyObject, alg: SigningKey['alg']): boolean {
  if (key.type !== 'private') return false;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (alg === 'RS256') return key.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
  if (alg === 'ES256') return key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  return key.asymmetricKeyType === 'ed25519';
}
