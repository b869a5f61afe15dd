import type { Request, RequestHandler } from 'express';
import type { AccessTokenClaims, AccessTokenVerifier } from '../server/access-token.js';
import { errorReporter } from '../server/error-reporter.js';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { eventEmitter, type TokenEventListener, timed } from '../server/token-event.js';
import {
  checkScopes,
  type GuardedRequest,
  missingToken,
  type TokenRequirements,
  tokenGuard,
  withChallenge,
} from '../server/token-guard.js';
import { asyncHandler } from './async-handler.js';
import { requestContext } from './request-context.js';
import { sendOAuthError } from './send-response.js';

/** Requirements of {@link requireToken} beyond a valid token. */
export interface RequireTokenOptions extends TokenRequirements {
  /** Called when `isRevoked` fails, and with each `completed` authorization. */
  readonly onEvent?: TokenEventListener;
}

interface Verified {
  readonly claims: AccessTokenClaims;
  readonly tokens: AccessTokenVerifier;
  readonly dpop: TokenRequirements['dpop'];
}

const verifiedOf = new WeakMap<Request, Verified>();

/**
 * Requires a valid access token in the header `Authorization`. Verifies it with a local key, without a network request.
 *
 * A token that is bound to a key (`cnf`) needs the scheme `DPoP` and a proof.
 *
 * @example
 * ```ts
 * app.get('/api/reports', requireToken(tokens, { scopes: ['read:reports'] }), (req, res) => {
 *   res.json(reportsOf(tokenClaims(req).sub));
 * });
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc6750
 * @see https://www.rfc-editor.org/rfc/rfc9449
 */
export function requireToken(tokens: AccessTokenVerifier, options: RequireTokenOptions = {}): RequestHandler {
  checkMethods('requireToken: the verifier', tokens, 'verify');
  const { onEvent, ...requirements } = Object(options) as RequireTokenOptions;
  checkOptions('requireToken', { onEvent }, { onEvent: 'function' });
  const guard = tokenGuard(tokens, requirements);
  const { dpop } = requirements;
  const reportError = errorReporter(onEvent);
  const measure = onEvent && eventEmitter(onEvent);

  return asyncHandler(async (req, res, next) => {
    try {
      checkSentOnce(req);
      const before = verifiedOf.get(req);
      const claims = await timed(measure, 'authorize', async () => {
        const isVerified = before?.tokens === tokens && before.dpop === dpop;
        const verified = isVerified ? before.claims : await guard.authenticate(guardedRequest(req));
        await guard.authorize(verified);
        return verified;
      });
      verifiedOf.set(req, { claims, tokens, dpop });
    } catch (error) {
      const { authorization = '', dpop: proof } = req.headers;
      reportError(error, requestContext(req), [...authorization.split(' ').slice(1), proof]);
      return sendOAuthError(res, oauthError(withChallenge(error)));
    }
    next();
  });
}

/** Requires scopes of the token that {@link requireToken} verified before. */
export function requireScopes(...scopes: readonly string[]): RequestHandler {
  checkOptions('requireScopes', { scopes }, { scopes: 'scopes' });
  return (req, res, next) => {
    const verified = verifiedOf.get(req);
    try {
      if (verified === undefined) throw missingToken();
      checkScopes(verified.claims, scopes);
    } catch (error) {
      return sendOAuthError(res, oauthError(error));
    }
    next();
  };
}

/**
 * Returns the claims of the request's access token.
 * @throws {TypeError} if {@link requireToken} does not precede the handler
 */
export function tokenClaims(req: Request): AccessTokenClaims {
  const verified = verifiedOf.get(req);
  if (verified === undefined) throw new TypeError('tokenClaims: place requireToken() before this handler.');
  return verified.claims;
}

/**
 * @throws {OAuthError} `invalid_request` if the token is sent twice
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2
 */
function checkSentOnce(req: Request): void {
  if (!/^(?:bearer|dpop)(?: |$)/i.test(req.get('authorization') ?? '')) return;
  const isRepeated = req.rawHeaders.filter(isAuthorization).length > 1;
  const inForm = req.is('application/x-www-form-urlencoded') && hasOwn(req.body, 'access_token');
  if (isRepeated || inForm || (req.url.includes('?') && 'access_token' in req.query)) {
    throw new OAuthError('invalid_request', 'The access token must be sent once.');
  }
}

/** Node joins repeated headers, but uses the first `Authorization` and drops the others. `rawHeaders` has names and values in turn. */
function isAuthorization(text: string, index: number): boolean {
  return index % 2 === 0 && text.toLowerCase() === 'authorization';
}

/** Returns the request as a guard reads it. The URL is needed for DPoP only. */
function guardedRequest(req: Request): GuardedRequest {
  return {
    method: req.method,
    headers: req.headers,
    get url() {
      return publicUrl(req);
    },
  };
}

/** Returns the public URL, for which Express must trust the proxy. */
function publicUrl(req: Request): string {
  const isTrusted: unknown = req.app.get('trust proxy fn');
  const trustsProxy = typeof isTrusted === 'function' && isTrusted(req.socket.remoteAddress, 0) === true;
  const forwarded = trustsProxy ? req.get('x-forwarded-host')?.split(',')[0]?.trim() : undefined;
  return `${req.protocol}://${forwarded || req.get('host')}${req.originalUrl}`;
}

function hasOwn(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}
