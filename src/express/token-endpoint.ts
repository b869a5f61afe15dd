import type OAuth2Server from '@node-oauth/oauth2-server';
import type { Request, RequestHandler } from 'express';
import type { IssuedTokens } from '../server/issued-tokens.js';
import { OAuthError, type OAuthErrorCode } from '../server/oauth-error.js';
import { bodyParameter, requiredParameter } from '../server/request-parameters.js';
import { asyncHandler } from './async-handler.js';
import {
  authenticatedClient,
  type Client,
  clientCredentials,
  grantTypes,
  invalidClient,
} from './client-authentication.js';
import { requestContext } from './request-context.js';
import { sendUncached } from './send-response.js';
import type { ErrorResponder, TokenServerOptions } from './token-server-options.js';

/** The token endpoint. `@node-oauth/oauth2-server` authenticates clients; the token issuer does the rest. */
export async function tokenRequestHandler(
  options: TokenServerOptions,
  rejectRequest: ErrorResponder,
): Promise<RequestHandler> {
  const { default: OAuth2 } = await import('@node-oauth/oauth2-server');
  const server = new OAuth2({
    model: {
      getClient: async (id: string, secret: string | undefined) =>
        registered(await authenticatedClient(options.clients, { id, secret })),
      getAccessToken: unused,
      saveToken: unused,
    },
    extendedGrantTypes: extendedGrants(OAuth2, options),
    requireClientAuthentication: { refresh_token: false, password: false },
  });
  return asyncHandler(async (req, res) => {
    try {
      const request = Object.assign(new OAuth2.Request(formOf(req)), { express: req });
      const { response } = await server.token(request, new OAuth2.Response());
      sendUncached(res, 200, response as IssuedTokens);
    } catch (error) {
      rejectRequest(req, res, unwrapped(error));
    }
  });
}

/** Both grants, on the token issuer. */
function extendedGrants({ AbstractGrantType }: typeof OAuth2Server, { tokens, authenticate }: TokenServerOptions) {
  class RefreshGrant extends AbstractGrantType {
    async handle(request: OAuth2Server.Request, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const { express: req } = request as ExpressBacked;
      const refreshToken = requiredParameter(req.body, 'refresh_token');
      const scope = bodyParameter(req.body, 'scope');
      return granted(await tokens.refresh({ refreshToken, clientId: client.id, scope }, requestContext(req)), client);
    }
  }

  class PasswordGrant extends AbstractGrantType {
    async handle(request: OAuth2Server.Request, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const { express: req } = request as ExpressBacked;
      const { definition } = client as RegisteredClient;
      const scope = grantedScope(definition, bodyParameter(req.body, 'scope'));
      const username = requiredParameter(req.body, 'username');
      const user = await authenticate(username, requiredParameter(req.body, 'password'), definition);
      if (!user) throw new OAuthError('invalid_grant', 'The user name or the password is wrong.');
      const { sub, meta = {} } = user;
      return granted(await tokens.issue({ sub, meta, scope, clientId: client.id }, requestContext(req)), client);
    }
  }

  return { refresh_token: RefreshGrant, password: PasswordGrant };
}

/** Wraps a token response in the type of the library. */
function granted(response: IssuedTokens, client: OAuth2Server.Client): OAuth2Server.Token {
  return { accessToken: response.access_token, client, user: {}, response };
}

interface ExpressBacked extends OAuth2Server.Request {
  readonly express: Request;
}

interface RegisteredClient extends OAuth2Server.Client {
  readonly definition: Client;
}

function registered(definition: Client | undefined): RegisteredClient | undefined {
  if (definition === undefined) return undefined;
  return { id: definition.id, grants: [...(definition.grants ?? grantTypes)], definition };
}

/** The library requires these functions, and calls them only in grants that are replaced here. */
async function unused(): Promise<undefined> {
  return undefined;
}

/** Converts the request to a form, which the library requires, with the client's credentials in the body. */
function formOf(req: Request) {
  const grant_type = requiredParameter(req.body, 'grant_type');
  if (!grantTypes.some(grant => grant === grant_type)) {
    throw new OAuthError('unsupported_grant_type', `The grant types are ${grantTypes.join(' and ')}.`);
  }
  const { id, secret } = clientCredentials(req);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' };
  return { method: 'POST', headers, query: {}, body: { grant_type, client_id: id, client_secret: secret } };
}

function grantedScope(client: Client, requested: string | undefined): string {
  const { scopes = [] } = client;
  if (requested === undefined) return scopes.join(' ');
  const wanted = requested.split(' ').filter(scope => scope !== '');
  if (wanted.every(scope => scopes.includes(scope))) return wanted.join(' ');
  throw new OAuthError('invalid_scope', 'The client may not request this scope.');
}

const libraryCodes: ReadonlySet<string> = new Set<OAuthErrorCode>(['invalid_request', 'unauthorized_client']);

/** Converts errors of the library. Unwraps other errors, which the library wraps. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'invalid_client') return invalidClient();
  if (libraryCodes.has(error.name)) return new OAuthError(error.name as OAuthErrorCode, error.message);
  return ('inner' in error && error.inner) || error;
}
