import type { Request, RequestHandler } from 'express';
import type { TokenEventListener } from '../server/token-event.js';

/**
 * The tokens in the session of a web application, in the format of `express-openid-connect`. The object is changed in place, so that
 * the session middleware saves it.
 */
export interface WebTokens {
  access_token: string;
  /** If unset, the session ends with its access token. */
  refresh_token?: string | undefined;
  id_token?: string | undefined;
  /** Epoch seconds. If unset, the access token is used until the API rejects it. */
  expires_at?: number | string | undefined;
}

/** A token response. Missing values are kept from before. @see https://www.rfc-editor.org/rfc/rfc6749#section-6 */
export interface RefreshedTokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly id_token?: string | undefined;
  /** Seconds from now. Alternative: `expires_at` in epoch seconds. */
  readonly expires_in?: number | undefined;
  readonly expires_at?: number | string | undefined;
}

/** Knows which sessions a provider ended, such as `backChannelLogout()`. */
export interface EndedSessions {
  /** Returns whether the session with these ids has ended. */
  hasEnded(tokens: Readonly<WebTokens>): Promise<boolean>;
}

/** How `webSession()` finds and refreshes the tokens of a request. */
export interface WebSessionOptions {
  /** Returns the tokens of the request's session, or `undefined` if no user is logged in. */
  readonly tokens: (req: Request) => WebTokens | undefined;
  /** Sends the refresh request. An error with `error: 'invalid_grant'` ends the session. Other errors do not. */
  readonly refresh: (refreshToken: string, req: Request) => Promise<RefreshedTokens>;
  /** Ends the sessions that the provider ended. Needs the `id_token` in the session. */
  readonly logouts?: EndedSessions;
  /** Handles requests of ended sessions: deletes the session and redirects to the login. If unset, the response is `401`. */
  readonly onEnded?: RequestHandler;
  /** How long before its expiry an access token is refreshed. @default 5 */
  readonly leewaySeconds?: number;
  /**
   * How long later requests with the old session receive the new tokens without another refresh. Longer than the requests of one
   * page take.
   * @default 60
   */
  readonly rememberSeconds?: number;
  /** Called when `refresh` fails, except with `invalid_grant`. Called also while the access token is still valid. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}
