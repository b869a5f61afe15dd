/** A client that holds a session, set up as its own documentation recommends. */
export interface Client {
  /** Signs in with a token response. */
  logIn(tokens: Tokens): unknown;
  logOut(): unknown;
  /** Adds the access token to a request, refreshed first if the client does so. */
  authorize(request: Request): Request | Promise<Request>;
  /** Sends an API request in the client's recommended way. */
  send(url: string, init?: RequestInit): Promise<Response>;
  /** Refreshes now. */
  refresh(): Promise<unknown>;
  /** The client's check whether a user is signed in. */
  isSignedIn(): boolean | Promise<boolean>;
  /** The access token that the client would send now, without a request. */
  accessToken(): string | undefined | Promise<string | undefined>;
  /** Stops timers and listeners, when the application creates another client. If unset, the client has no such function. */
  dispose?(): unknown;
}

/** A token response (RFC 6749 §5.1). */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly id_token: string;
  readonly token_type: string;
}

export interface ClientKind {
  readonly name: string;
  /** Creates a client in this page, with the session of an earlier page load if there is one. */
  open(): Client | Promise<Client>;
  /** Creates the client as its documentation prints it, if {@link open} had to change that. */
  openAsPrinted?(): Client;
}

/** Refresh endpoint of the comparison servers, which accept the formats of the predecessor and of Auth0. */
export const tokenPath = '/oauth/token';
export const clientId = 'app';
/** Protected origin. */
export const apiPath = '/api';

declare global {
  /** Requests of an ended session wait until the user has signed in again, where the client has an option for that. */
  var parksRequests: boolean | undefined;
  /** The client stores tokens where it does by default, though a reload may then end the session. */
  var storesByDefault: boolean | undefined;
}
