import { DI, type InterfaceSymbol } from '@aurelia/kernel';
import type { BearerOptions, BrowserPortsOptions, JwtClaims, ParkedRequests, Session, SessionPorts } from '../core.js';
import { type AppSessionOptions, appSessionKinds, type OptionKinds } from '../core.js';

/** Claims of the access token. Declare those of the app by declaration merging. */
export interface AuthClaims extends JwtClaims {}

/** Options of `AuthConfiguration`. */
export interface AuthOptions extends AppSessionOptions {
  /** How requests carry the token. */
  readonly bearer?: Partial<Omit<BearerOptions, 'protects' | 'proof'>>;
  /** Lets requests wait after the server has ended the session: `session => new ParkedRequests(session)`. If unset, they fail. */
  readonly parkedRequests?: (session: Session) => ParkedRequests;
  /** Keeps a guarded page when its session has expired, for a sign-in dialog. @default false */
  readonly staysOnExpiry?: boolean;
  /** URLs whose requests carry the token, with all paths below. @default ['/'], the page's origin */
  readonly protectedUrls?: readonly string[];
  /** Where the session is stored. @default localStorage */
  readonly storage?: BrowserPortsOptions;
  /** Router path of the login page. The guard redirects unauthenticated users to it. @default 'login' */
  readonly loginRoute?: string;
  /** Router path after a login, if the guard denied no route before. @default '' */
  readonly homeRoute?: string;
  /** Router path for users whom `data.auth` of a route denies. If unset, the navigation is cancelled. */
  readonly forbiddenRoute?: string;
  /** Returns the roles of a user. @default the claim `roles` or `role` */
  readonly rolesOf?: (claims: AuthClaims | undefined) => readonly string[];
  /** Replaces browser APIs in tests. @default browserPorts(storage) */
  readonly ports?: SessionPorts;
}

/** Kinds of {@link AuthOptions}. */
export const authKinds: OptionKinds = {
  ...appSessionKinds,
  bearer: 'object',
  parkedRequests: 'function',
  staysOnExpiry: 'boolean',
  protectedUrls: 'object',
  storage: 'object',
  loginRoute: 'string',
  homeRoute: 'string',
  forbiddenRoute: 'string',
  rolesOf: 'function',
  ports: 'object',
};

/** Container key of the options. */
export const IAuthOptions: InterfaceSymbol<AuthOptions> = DI.createInterface<AuthOptions>('IAuthOptions');
