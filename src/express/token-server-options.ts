import type { Request, Response } from 'express';
import type { IssueRequest } from '../server/issue-tokens.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import type { TokenEventListener } from '../server/token-event.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import { type Client, type ClientRegistry, checkClients } from './client-authentication.js';

/** The clients, the users and the paths of `tokenServer()`. */
export interface TokenServerOptions {
  /** The issuer's URL, for the metadata. Use the same value as for the token issuer. */
  readonly issuer: string;
  /** Issues the tokens. */
  readonly tokens: TokenIssuer;
  /** The registered clients, or a function that finds one by its ID. */
  readonly clients: ClientRegistry;
  /**
   * Checks a user name and password. Returns `undefined` if they are wrong. If the function throws anything but an `OAuthError`,
   * the response is `503`.
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
  /** Called when `authenticate` or `clients` fails. The token issuer has its own `onEvent`. */
  readonly onEvent?: TokenEventListener;
}

/** The user that a user name and password belong to. */
export type AuthenticatedUser = Pick<IssueRequest, 'sub' | 'meta'>;

/** Sends the response for a thrown value, and reports it if it is not an {@link OAuthError}. */
export type ErrorResponder = (req: Request, res: Response, thrown: unknown) => void;

/** @throws {TypeError} if a name or a value is not valid */
export function checkTokenServerOptions(options: TokenServerOptions): void {
  checkOptions('tokenServer', options, {
    issuer: 'text!',
    tokens: 'object!',
    clients: 'any!',
    authenticate: 'function!',
    tokenPath: 'text',
    revocationPath: 'text',
    onEvent: 'function',
  });
  checkMethods('tokenServer: tokens', options.tokens, 'issue', 'refresh', 'revoke', 'sessionId');
  const { tokenPath, revocationPath } = endpointPaths(options);
  if (!tokenPath.startsWith('/') || !revocationPath.startsWith('/')) {
    throw new TypeError('tokenServer: paths must begin with "/".');
  }
  if (tokenPath === revocationPath) throw new TypeError('tokenServer: the endpoints must have different paths.');
  if (typeof options.clients !== 'function') checkClients(options.clients);
}

/** Returns the paths of the endpoints. */
export function endpointPaths({ tokenPath = '/oauth/token', revocationPath = '/oauth/revoke' }: TokenServerOptions) {
  return { tokenPath, revocationPath };
}
