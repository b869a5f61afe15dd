import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { errorReporter } from '../server/error-reporter.js';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { requiredParameter } from '../server/request-parameters.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import { asyncHandler } from './async-handler.js';
import {
  authenticatedClient,
  clientCredentials,
  grantTypes,
  invalidClient,
  requestSecrets,
} from './client-authentication.js';
import { requestContext } from './request-context.js';
import { sendOAuthError, sendUncached, unreadableBody } from './send-response.js';
import { tokenRequestHandler } from './token-endpoint.js';
import {
  checkTokenServerOptions,
  type ErrorResponder,
  endpointPaths,
  type TokenServerOptions,
} from './token-server-options.js';

/**
 * Returns a router with a token endpoint, a revocation endpoint, the public keys and the metadata. Uses
 * `@node-oauth/oauth2-server`. The grant types are `password` and `refresh_token`.
 *
 * The password grant reveals the user's password to the client, and RFC 9700 forbids it. Use it only between your own login form and
 * your own server. Clients of others need the authorization code grant.
 *
 * @example
 * ```ts
 * app.use(await tokenServer({ issuer, tokens, clients: [{ id: 'app' }], authenticate: checkPassword }));
 * ```
 * @throws if `@node-oauth/oauth2-server` is not installed
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.4
 * @see https://www.rfc-editor.org/rfc/rfc7009
 * @see https://www.rfc-editor.org/rfc/rfc8414
 */
export async function tokenServer(options: TokenServerOptions): Promise<Router> {
  checkTokenServerOptions(options);
  const { issuer, tokens } = options;
  const { tokenPath, revocationPath } = endpointPaths(options);
  const router = express.Router();
  const forms = express.urlencoded({ extended: false, limit: '8kb' });
  const json = express.json({ limit: '8kb' });
  const rejectRequest = errorResponder(options);

  router.post(tokenPath, forms, json, await tokenRequestHandler(options, rejectRequest));
  router.post(revocationPath, forms, json, revocationEndpoint(options, rejectRequest));
  router.all([tokenPath, revocationPath], (_req, res) => {
    res.set('Allow', 'POST');
    sendUncached(res, 405, { error: 'invalid_request', error_description: 'Use POST.' });
  });
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json(tokens.publicKeys);
  });
  router.get('/.well-known/oauth-authorization-server', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json(metadata(issuer, tokenPath, revocationPath));
  });
  router.use([tokenPath, revocationPath], unreadableBodyHandler);
  return router;
}

/** RFC 6749 has one status for every invalid request. */
const unreadableBodyHandler: ErrorRequestHandler = (error, _req, res, next) => {
  const unreadable = unreadableBody(error);
  if (unreadable === undefined) next(error);
  else sendOAuthError(res, unreadable.error);
};

/** @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
function metadata(issuer: string, tokenPath: string, revocationPath: string): object {
  const at = (path: string): string => issuer.replace(/\/$/, '') + path;
  const authMethods = ['client_secret_basic', 'client_secret_post', 'none'];
  return {
    issuer,
    token_endpoint: at(tokenPath),
    token_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint: at(revocationPath),
    revocation_endpoint_auth_methods_supported: authMethods,
    jwks_uri: at('/.well-known/jwks.json'),
    response_types_supported: [],
    grant_types_supported: grantTypes,
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1 */
function revocationEndpoint({ tokens, clients }: TokenServerOptions, rejectRequest: ErrorResponder): RequestHandler {
  return asyncHandler(async (req, res) => {
    try {
      const client = await authenticatedClient(clients, clientCredentials(req));
      if (client === undefined) throw invalidClient();
      const token = requiredParameter(req.body, 'token');
      if (tokens.sessionId(token) === undefined && (await isAccessToken(tokens, token))) {
        throw new OAuthError('unsupported_token_type', 'Access tokens cannot be revoked. Revoke the refresh token.');
      }
      await tokens.revoke({ refreshToken: token, clientId: client.id }, requestContext(req));
      sendUncached(res, 200, {});
    } catch (error) {
      rejectRequest(req, res, error);
    }
  });
}

function isAccessToken(tokens: TokenIssuer, token: string): Promise<boolean> {
  return tokens.verify(token).then(
    () => true,
    () => false,
  );
}

function errorResponder({ onEvent }: TokenServerOptions): ErrorResponder {
  const reportError = errorReporter(onEvent);
  return (req, res, thrown) => {
    reportError(thrown, requestContext(req), requestSecrets(req));
    sendOAuthError(res, oauthError(thrown));
  };
}
