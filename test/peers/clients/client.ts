/** One way for a page to hold a session, as its own documentation recommends to set it up. */
export interface Client {
  /** Signs in with what a token endpoint answered. */
  logIn(tokens: Tokens): unknown;
  logOut(): unknown;
  /** Puts the access token on a request, refreshed first where this client does that. */
  authorize(request: Request): Request | Promise<Request>;
  /** Sends an API request the way its users do, who call it as they would call `fetch`. */
  send(url: string, init?: RequestInit): Promise<Response>;
  /** Refreshes now. */
  refresh(): Promise<unknown>;
  /** What the application would ask in order to know whether somebody is signed in. */
  isSignedIn(): boolean | Promise<boolean>;
  /** The access token that it would send now, without asking a server. */
  accessToken(): string | undefined | Promise<string | undefined>;
}

/** A token endpoint's answer (RFC 6749 §5.1). */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly id_token: string;
  readonly token_type: string;
}

export interface ClientKind {
  readonly name: string;
  /** Makes one in this page; with a session of an earlier visit, if there was one. */
  open(): Client | Promise<Client>;
}

/** Where the servers of the comparisons refresh tokens in. The predecessor's habits and Auth0's meet there. */
export const tokenPath = '/oauth/token';
export const clientId = 'app';
/** What is protected. */
export const apiPath = '/api';
