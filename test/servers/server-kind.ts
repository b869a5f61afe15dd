import type { RequestListener } from 'node:http';
import type { Page } from 'playwright-core';
import type { ClientSetup } from './page.js';

/** An authorization server that the suite can start. */
export interface ServerKind {
  /** The name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Debian packages that must be installed; empty for servers from npm. */
  readonly packages: readonly string[];
  /** What this server cannot do, by the title of the row. Each needs a source. */
  readonly limits?: Readonly<Record<string, string>>;
  start(options: StartOptions): Promise<RunningServer>;
}

export interface StartOptions {
  /** Origin of the application's page. */
  readonly app: string;
  /** An empty folder for the server's files. */
  readonly folder: string;
  /** Lifetime of access tokens, in seconds. */
  readonly accessTokenSeconds: number;
}

/** A server that has started. */
export interface RunningServer {
  /** Names and versions of its packages. */
  readonly versions: string;
  /** How the page's client is configured. */
  readonly client: ClientSetup;
  /** URL to which refresh requests go. */
  readonly refreshUrl: string;
  /** URL to which the client sends the refresh token at logout. */
  readonly logoutUrl: string;
  /** URL of a resource that needs an access token. */
  readonly ordersUrl: string;
  /** Serves the resource on the application's origin, for servers without resources of their own. */
  readonly api?: RequestListener;
  /** Builds a refresh request. */
  refreshRequest(refreshToken: string): RequestInit;
  /** Fills in the server's sign-in page; servers with a password grant have none. */
  signIn?(page: Page): Promise<void>;
  /** Confirms the sign-out on the server's page; servers that do not ask have none. */
  signOut?(page: Page): Promise<void>;
  /** Revokes all refresh tokens, as an administrator can. */
  revokeRefreshTokens(): Promise<void>;
  /** Makes the database unusable. Returns a function that ends the outage. */
  breakDatabase(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}
