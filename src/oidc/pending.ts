import { type PendingRedirect, PendingRedirects } from '../callback/pending-redirects.js';
import type { OpenIdConnectPorts } from './ports.js';

/** A sign-in at a provider that the page has been sent to. */
export interface PendingLogin {
  readonly kind: 'login';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Absent where no id token is expected. */
  readonly nonce: string | undefined;
  readonly codeVerifier: string;
  readonly maxAgeSeconds: number | undefined;
  /** Where the user wanted to go: path, query and fragment. */
  readonly returnTo: string | undefined;
}

/** A sign-out at a provider that the page has been sent to. */
export interface PendingLogout {
  readonly kind: 'logout';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly returnTo: string | undefined;
}

export type Pending = PendingLogin | PendingLogout;

/** What this browser waits for an OpenID provider's answer to. */
export function pendingRedirects({
  texts,
  wall,
}: Pick<OpenIdConnectPorts, 'texts' | 'wall'>): PendingRedirects<Pending> {
  return new PendingRedirects({ prefix: 'aurelia-auth-refresh:pending:', texts, wall: () => wall(), isPending });
}

function isPending(
  value: PendingRedirect & Readonly<Record<string, unknown>>,
): value is Pending & Record<string, unknown> {
  const { kind, issuer, clientId, codeVerifier, redirectUri } = value;
  const common = isText(issuer) && isText(clientId);
  return common && (kind === 'logout' || (kind === 'login' && isText(codeVerifier) && isText(redirectUri)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
