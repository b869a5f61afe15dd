import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { OAuthError } from '../server/oauth-error.js';
import { checkOptions } from '../server/option-check.js';
import { bodyParameter } from '../server/request-parameters.js';

/** The grant types of a client. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3 */
export type ClientGrant = 'password' | 'refresh_token';

/** All grant types. */
export const grantTypes: readonly ClientGrant[] = ['password', 'refresh_token'];

/** A registered client. */
export interface Client {
  readonly id: string;
  /** Unset for a public client, which runs in a browser or on a device and cannot keep a secret. */
  readonly secret?: string;
  /** @default ['password', 'refresh_token'] */
  readonly grants?: readonly ClientGrant[];
  /** Scopes that the client may request. Granted if the request names no scope. @default [] */
  readonly scopes?: readonly string[];
}

/** The registered clients, or a function that finds one by its ID. */
export type ClientRegistry = readonly Client[] | ((id: string) => Client | undefined | Promise<Client | undefined>);

/** @throws {TypeError} for a client that could never authenticate, or that another one hides */
export function checkClients(clients: readonly Client[]): void {
  checkOptions('tokenServer', { clients }, { clients: 'list!' });
  for (const client of clients) {
    checkOptions('tokenServer: clients', client, {
      id: 'client text!',
      secret: 'client text',
      grants: 'names',
      scopes: 'scopes',
    });
    const unknown = client.grants?.find(grant => !grantTypes.includes(grant));
    if (unknown !== undefined) throw new TypeError(`tokenServer: clients: unknown grant "${unknown}".`);
  }
  if (new Set(clients.map(({ id }) => id)).size < clients.length) {
    throw new TypeError('tokenServer: clients: two clients have the same id.');
  }
}

/** The credentials of a client in a request. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string | undefined;
}

/** Returns the client with these credentials, or `undefined` if the ID or the secret is wrong. */
export async function authenticatedClient(
  clients: ClientRegistry,
  { id, secret }: ClientCredentials,
): Promise<Client | undefined> {
  for (const name of rawAndDecoded(id)) {
    const found =
      typeof clients === 'function' ? await clients(name) : clients.find(candidate => candidate.id === name);
    if (found) return sameSecret(found.secret, secret) ? found : undefined;
  }
  return undefined;
}

/**
 * Reads the client's credentials from the header or the body.
 *
 * @throws {OAuthError} `invalid_client` if there are none, or `invalid_request` if the client uses two methods
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export function clientCredentials(req: Request): ClientCredentials {
  const basic = basicCredentials(req);
  const id = bodyParameter(req.body, 'client_id');
  const secret = bodyParameter(req.body, 'client_secret');
  if (basic !== undefined) {
    if (secret === undefined && (id === undefined || rawAndDecoded(basic.id).includes(id))) return basic;
    throw new OAuthError('invalid_request', 'The client must use one authentication method, not two.');
  }
  if (id === undefined) throw invalidClient();
  return { id, secret };
}

/** The secrets of a request, which must not appear in reported errors. */
export function requestSecrets(req: Request): unknown[] {
  const { password, client_secret }: Record<string, unknown> = Object(req.body);
  return [password, client_secret, ...rawAndDecoded(basicCredentials(req)?.secret ?? '')];
}

/** Returns the error for a client that could not be authenticated. */
export function invalidClient(): OAuthError {
  return new OAuthError('invalid_client', 'The client ID or the client secret is wrong.', {
    headers: { 'WWW-Authenticate': 'Basic realm="token endpoint"' },
  });
}

function basicCredentials(req: Request): ClientCredentials | undefined {
  const [, encoded = ''] = /^basic +([\w+/-]+=*)$/i.exec(req.get('authorization') ?? '') ?? [];
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1 || decoded.includes('\0')) return undefined;
  return { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) || undefined };
}

function sameSecret(expected: string | undefined, presented: string | undefined): boolean {
  if (expected === undefined || presented === undefined) return expected === presented;
  return rawAndDecoded(presented).some(each => timingSafeEqual(digest(expected), digest(each)));
}

/**
 * Returns the text, and the form-decoded text if it differs. The RFC requires form encoding in a Basic header, but many clients,
 * such as curl, send the raw text.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function rawAndDecoded(text: string): readonly string[] {
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
