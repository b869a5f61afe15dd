import { createHash, timingSafeEqual } from 'node:crypto';
import type OAuth2Server from '@node-oauth/oauth2-server';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { requestContext, type TokenEventListener } from './audit.js';
import { faults } from './faults.js';
import { OAuthError, type OAuthErrorCode, oauthError, sendOAuthError, sendUncached } from './oauth-error.js';
import { bodyParameter, requiredParameter } from './request-parameters.js';
import type { Grant, TokenIssuer, TokenResponse } from './token-issuer.js';

/** What a client may trade for tokens (RFC 6749 §4.3 and §6). */
export type ClientGrant = 'password' | 'refresh_token';

const clientGrants: readonly ClientGrant[] = ['password', 'refresh_token'];

/** An application that may ask for tokens. */
export interface Client {
  readonly id: string;
  /** Absent for a public client: one that runs in a browser or on a device and cannot keep a secret. */
  readonly secret?: string;
  /** @default ['password', 'refresh_token'] */
  readonly grants?: readonly ClientGrant[];
  /** What it may be granted; what it gets when it asks for nothing in particular. @default [] */
  readonly scopes?: readonly string[];
}

/** Who may ask {@link tokenServer} for tokens, and where. */
export interface TokenServerOptions {
  /** The same URL as the issuer's, for the metadata. */
  readonly issuer: string;
  /** What issues the tokens. */
  readonly tokens: TokenIssuer;
  /** Those that may ask, or how to find one by its id. */
  readonly clients: readonly Client[] | ((id: string) => Client | undefined | Promise<Client | undefined>);
  /**
   * Checks a name and password. `undefined` when they are wrong.
   * What it throws is answered with 503, unless it is an `OAuthError`.
   */
  readonly authenticate: (
    username: string,
    password: string,
    client: Client,
  ) => AuthenticatedUser | undefined | Promise<AuthenticatedUser | undefined>;
  /** @default '/oauth/token' */
  readonly tokenPath?: string;
  /** @default '/oauth/revoke' */
  readonly revocationPath?: string;
  /** Told when `authenticate` or `clients` fails. The issuer has its own. */
  readonly onEvent?: TokenEventListener;
}

/** Whom a name and password belong to. */
export type AuthenticatedUser = Pick<Grant, 'sub' | 'meta'>;

/**
 * A router with a token endpoint (RFC 6749: password and refresh_token grants), a revocation endpoint (RFC 7009), public
 * keys and metadata (RFC 8414), on `@node-oauth/oauth2-server`.
 *
 * The password grant shows the user's password to the client, and RFC 9700 says it must not be used. Use it, if at all,
 * between your own login form and your own server; everybody else's clients need the authorization code grant.
 *
 * @example
 * ```ts
 * app.use(await tokenServer({ issuer, tokens, clients: [{ id: 'app' }], authenticate: checkPassword }));
 * ```
 * @throws when `@node-oauth/oauth2-server` is not installed
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.4
 */
export async function tokenServer(options: TokenServerOptions): Promise<Router> {
  const { issuer, tokens, tokenPath = '/oauth/token', revocationPath = '/oauth/revoke' } = options;
  const router = express.Router();
  const forms = express.urlencoded({ extended: false, limit: '8kb' });
  const json = express.json({ limit: '8kb' });

  router.post(tokenPath, forms, json, await tokenEndpoint(options));
  router.post(revocationPath, forms, json, revocationEndpoint(options));
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
  router.use([tokenPath, revocationPath], unreadableBody());
  return router;
}

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
    grant_types_supported: clientGrants,
  };
}

async function tokenEndpoint(options: TokenServerOptions): Promise<RequestHandler> {
  const { default: OAuth2 } = await import('@node-oauth/oauth2-server');
  const { tokens } = options;

  /** What a grant produced, in the shape the library wants; the answer itself rides along. */
  const produced = (answer: TokenResponse, client: OAuth2Server.Client): OAuth2Server.Token => ({
    accessToken: answer.access_token,
    client,
    user: {},
    answer,
  });

  class RefreshGrant extends OAuth2.AbstractGrantType {
    async handle(request: OAuth2Server.Request, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const { express: req } = request as ExpressBacked;
      const refreshToken = requiredParameter(req, 'refresh_token');
      const scope = bodyParameter(req, 'scope');
      return produced(await tokens.refresh({ refreshToken, clientId: client.id, scope }, requestContext(req)), client);
    }
  }

  class PasswordGrant extends OAuth2.AbstractGrantType {
    async handle(request: OAuth2Server.Request, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const { express: req } = request as ExpressBacked;
      const { definition } = client as RegisteredClient;
      const scope = grantedScope(definition, bodyParameter(req, 'scope'));
      const username = requiredParameter(req, 'username');
      const user = await options.authenticate(username, requiredParameter(req, 'password'), definition);
      if (!user) throw new OAuthError('invalid_grant', 'The name or the password is wrong.');
      const { sub, meta = {} } = user;
      return produced(await tokens.issue({ sub, meta, scope, clientId: client.id }, requestContext(req)), client);
    }
  }

  const server = new OAuth2({
    model: {
      getClient: async (id: string, secret: string | undefined) => registered(await client(options, id, secret)),
      getAccessToken: unused,
      saveToken: unused,
    },
    extendedGrantTypes: { refresh_token: RefreshGrant, password: PasswordGrant },
    requireClientAuthentication: { refresh_token: false, password: false },
  });

  const refuse = refusal(options);
  return async (req, res) => {
    try {
      const request = Object.assign(new OAuth2.Request(formOf(req)), { express: req });
      const { answer } = await server.token(request, new OAuth2.Response());
      sendUncached(res, 200, answer as TokenResponse);
    } catch (error) {
      refuse(req, res, unwrapped(error));
    }
  };
}

interface ExpressBacked extends OAuth2Server.Request {
  readonly express: Request;
}

interface RegisteredClient extends OAuth2Server.Client {
  readonly definition: Client;
}

function registered(definition: Client | undefined): RegisteredClient | undefined {
  if (definition === undefined) return undefined;
  return { id: definition.id, grants: [...(definition.grants ?? clientGrants)], definition };
}

/** The library asks for these only in grants and checks we replace. */
async function unused(): Promise<undefined> {
  return undefined;
}

/** The request as a form, which is what the library reads, with the client in it wherever it was. */
function formOf(req: Request) {
  const grant_type = requiredParameter(req, 'grant_type');
  if (!clientGrants.some(grant => grant === grant_type)) {
    throw new OAuthError('unsupported_grant_type', `The grant types are ${clientGrants.join(' and ')}.`);
  }
  const { id, secret } = presentedClient(req);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' };
  return { method: 'POST', headers, query: {}, body: { grant_type, client_id: id, client_secret: secret } };
}

/** @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1 */
function revocationEndpoint(options: TokenServerOptions): RequestHandler {
  const { tokens } = options;
  const refuse = refusal(options);
  return async (req, res) => {
    try {
      const { id, secret } = presentedClient(req);
      const registered = await client(options, id, secret);
      if (registered === undefined) throw invalidClient();
      const token = requiredParameter(req, 'token');
      if (tokens.sessionId(token) === undefined && (await isAccessToken(tokens, token))) {
        throw new OAuthError('unsupported_token_type', 'An access token ends by itself; revoke the refresh token.');
      }
      await tokens.revoke({ refreshToken: token, clientId: registered.id }, requestContext(req));
      sendUncached(res, 200, {});
    } catch (error) {
      refuse(req, res, error);
    }
  };
}

function isAccessToken(tokens: TokenIssuer, token: string): Promise<boolean> {
  return tokens.verify(token).then(
    () => true,
    () => false,
  );
}

function grantedScope(client: Client, requested: string | undefined): string {
  const { scopes = [] } = client;
  if (requested === undefined) return scopes.join(' ');
  const wanted = requested.split(' ').filter(scope => scope !== '');
  if (wanted.every(scope => scopes.includes(scope))) return wanted.join(' ');
  throw new OAuthError('invalid_scope', 'The client may not be granted this scope.');
}

/** `undefined` when there is no such client, or its secret is another one. */
async function client(
  options: TokenServerOptions,
  id: string,
  secret: string | undefined,
): Promise<Client | undefined> {
  const { clients } = options;
  for (const name of asItIsAndDecoded(id)) {
    const found =
      typeof clients === 'function' ? await clients(name) : clients.find(candidate => candidate.id === name);
    if (found) return sameSecret(found.secret, secret) ? found : undefined;
  }
  return undefined;
}

function sameSecret(expected: string | undefined, presented: string | undefined): boolean {
  if (expected === undefined || presented === undefined) return expected === presented;
  return asItIsAndDecoded(presented).some(each => timingSafeEqual(digest(expected), digest(each)));
}

/**
 * Names and secrets are form-encoded before they go into a Basic header, says the RFC; many clients, curl among them, put them there
 * as they are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function asItIsAndDecoded(text: string): readonly string[] {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded === text || decoded.includes('\0') ? [text] : [text, decoded];
  } catch {
    return [text];
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

interface PresentedClient {
  readonly id: string;
  readonly secret: string | undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3 */
function presentedClient(req: Request): PresentedClient {
  const basic = basicCredentials(req);
  const id = bodyParameter(req, 'client_id');
  const secret = bodyParameter(req, 'client_secret');
  if (basic !== undefined) {
    if (secret === undefined && (id === undefined || asItIsAndDecoded(basic.id).includes(id))) return basic;
    throw new OAuthError('invalid_request', 'The client must authenticate in one way, not two.');
  }
  if (id === undefined) throw invalidClient();
  return { id, secret };
}

function basicCredentials(req: Request): PresentedClient | undefined {
  const [, encoded = ''] = /^basic +([\w+/-]+=*)$/i.exec(req.get('authorization') ?? '') ?? [];
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1 || decoded.includes('\0')) return undefined;
  return { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) || undefined };
}

function invalidClient(): OAuthError {
  return new OAuthError('invalid_client', 'The client is unknown or its secret is wrong.', {
    headers: { 'WWW-Authenticate': 'Basic realm="token endpoint"' },
  });
}

const libraryCodes: ReadonlySet<string> = new Set<OAuthErrorCode>(['invalid_request', 'unauthorized_client']);

/** The library's errors become ours; others, which it wraps, come out again. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'invalid_client') return invalidClient();
  if (libraryCodes.has(error.name)) return new OAuthError(error.name as OAuthErrorCode, error.message);
  return ('inner' in error && error.inner) || error;
}

/** Answers with an error, and tells of it when it is a fault. */
function refusal({ onEvent }: TokenServerOptions) {
  const tellFault = faults(onEvent);
  return (req: Request, res: Response, thrown: unknown): void => {
    const { password, client_secret }: Record<string, unknown> = Object(req.body);
    const inHeader = asItIsAndDecoded(basicCredentials(req)?.secret ?? '');
    tellFault(thrown, requestContext(req), [password, client_secret, ...inHeader]);
    sendOAuthError(res, oauthError(thrown));
  };
}

/** A body the parser refused: malformed, too long, in an unknown charset. */
function unreadableBody(): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
    if (res.headersSent || status >= 500) return next(error);
    sendOAuthError(res, new OAuthError('invalid_request', 'The body cannot be read.', { cause: error }));
  };
}
