import { type PendingRedirect, PendingRedirects } from '../callback/pending-redirects.js';
import type { OpenIdConnectPorts } from './ports.js';

/** An authorization request that has no response yet. */
export interface PendingLogin {
  readonly kind: 'login';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Set if the provider returns an id token. */
  readonly nonce: string | undefined;
  readonly codeVerifier: string;
  readonly maxAgeSeconds: number | undefined;
  /** Path, query and fragment to navigate to after the sign-in. */
  readonly returnTo: string | undefined;
}

/** A logout request that has no response yet. */
export interface PendingLogout {
  readonly kind: 'logout';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly returnTo: string | undefined;
}

export type Pending = PendingLogin | PendingLogout;

/** Returns the redirects to OpenID providers that this browser stores. */
export function pendingRedirects({
  storage,
  wall,
}: Pick<OpenIdConnectPorts, 'storage' | 'wall'>): PendingRedirects<Pending> {
  return new PendingRedirects({ prefix: 'aurelia-auth-refresh:pending:', storage, wall: () => wall(), isPending });
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
