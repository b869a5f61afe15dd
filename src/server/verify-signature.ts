import { constants, createHmac, KeyObject, timingSafeEqual, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { type CryptoKey, decodeProtectedHeader, errors, type JWTHeaderParameters, type JWTVerifyGetKey } from 'jose';

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
export type AccessTokenAlgorithm = 'HS256' | VerificationAlgorithm;

/** An algorithm with a public key. */
export type VerificationAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519';

/** How an algorithm verifies, and which keys it accepts. @see https://www.rfc-editor.org/rfc/rfc7518#section-3 */
interface Verification {
  readonly hash: string | null;
  readonly options: Omit<VerifyKeyObjectInput, 'key'>;
  accepts(key: KeyObject): boolean;
}

const isRsa = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;

function rsa(hash: string): Verification {
  return { hash, options: {}, accepts: isRsa };
}

function rsaPss(hash: string): Verification {
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return { hash, options, accepts: isRsa };
}

function ecdsa(hash: string, curve: string): Verification {
  return {
    hash,
    options: { dsaEncoding: 'ieee-p1363' },
    accepts: key => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve,
  };
}

const ed25519: Verification = { hash: null, options: {}, accepts: key => key.asymmetricKeyType === 'ed25519' };

const verifications: Readonly<Record<Exclude<AccessTokenAlgorithm, 'HS256'>, Verification>> = {
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: rsaPss('sha256'),
  PS384: rsaPss('sha384'),
  PS512: rsaPss('sha512'),
  ES256: ecdsa('sha256', 'prime256v1'),
  ES384: ecdsa('sha384', 'secp384r1'),
  ES512: ecdsa('sha512', 'secp521r1'),
  EdDSA: ed25519,
  Ed25519: ed25519,
};

const verifyInThreadPool = promisify<string | null, Buffer, VerifyKeyObjectInput, Buffer, boolean>(verify);
const format = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/**
 * Verifies the signature of a JWT, and returns its header. Does not check claims. Uses `node:crypto`, because signatures through
 * WebCrypto cost more.
 *
 * @throws an error of jose if the token is not valid
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
export async function verifySignature(
  token: string,
  getKey: JWTVerifyGetKey,
  algorithms: readonly AccessTokenAlgorithm[],
): Promise<JWTHeaderParameters> {
  const [, protectedPart = '', payload = '', signaturePart = ''] = format.exec(token) ?? [];
  const header = joseHeader(token);
  const algorithm = algorithms.find(known => known === header.alg);
  if (algorithm === undefined) throw new errors.JOSEAlgNotAllowed();
  const flattened = { protected: protectedPart, payload, signature: signaturePart };
  const key = keyObject(await getKey(header, flattened));
  const content = Buffer.from(`${protectedPart}.${payload}`);
  const signature = Buffer.from(signaturePart, 'base64url');
  if (!(await isValid(algorithm, content, key, signature))) throw new errors.JWSSignatureVerificationFailed();
  return header;
}

/** @throws {errors.JWSInvalid} if the token has not three parts, or the header is not valid */
function joseHeader(token: string): JWTHeaderParameters {
  if (!format.test(token)) throw new errors.JWSInvalid('The token must have three parts.');
  let header: Partial<JWTHeaderParameters>;
  try {
    header = decodeProtectedHeader(token);
  } catch (error) {
    throw new errors.JWSInvalid('The header is not valid.', { cause: error });
  }
  const { alg, crit } = header;
  if (typeof alg !== 'string') throw new errors.JWSInvalid('The header must contain "alg".');
  if (crit !== undefined) throw new errors.JOSENotSupported('Critical header parameters are not supported.');
  return { ...header, alg };
}

async function isValid(
  algorithm: AccessTokenAlgorithm,
  content: Buffer,
  key: KeyObject,
  signature: Buffer,
): Promise<boolean> {
  if (algorithm === 'HS256') {
    if (key.type !== 'secret') throw new errors.JWKSNoMatchingKey();
    const expected = createHmac('sha256', key).update(content).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  const { hash, options, accepts } = verifications[algorithm];
  if (key.type !== 'public' || !accepts(key)) throw new errors.JWKSNoMatchingKey();
  return verifyInThreadPool(hash, content, { key, ...options }, signature);
}

const keyObjects = new WeakMap<object, KeyObject>();

function keyObject(key: Awaited<ReturnType<JWTVerifyGetKey>>): KeyObject {
  if (key instanceof KeyObject) return key;
  const known = keyObjects.get(key);
  if (known !== undefined) return known;
  const converted = KeyObject.from(key as CryptoKey);
  keyObjects.set(key, converted);
  return converted;
}
