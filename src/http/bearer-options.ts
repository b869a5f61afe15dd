import type { OptionKinds } from '../session/check-options.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { LiveSession } from '../session/session-state.js';
import type { TokenSet } from '../session/token-set.js';
import type { RequestToPark } from './parked-requests.js';
import type { ProtectedUrls } from './protected-urls.js';
import type { RequestAuthOptions } from './request-auth-options.js';

/** Options of a `Bearer`. */
export interface BearerOptions {
  /** Decides which requests carry the token. */
  readonly protects: ProtectedUrls;
  /** Header that carries the token. @default 'Authorization' */
  readonly headerName?: string;
  /** Authentication scheme before the token. If empty, the header is the token alone. @default 'Bearer' */
  readonly scheme?: string;
  /** Returns the token to send. @default the access token */
  readonly token?: (tokens: TokenSet) => string;
  /**
   * Proves possession of the key of a token of type `DPoP` (RFC 9449). Tokens of type `Bearer` need no proof. If unset, a token of type
   * `DPoP` is sent as a bearer token, and `onError` is called.
   */
  readonly proof?: ProofOfPossession | undefined;
  /** Sends a request, such as the page's `fetch`. */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Handles a step-up challenge (RFC 9470), see `stepUp()`. The request is then replayed once, for the same user. If unset, the
   * response with the challenge is returned.
   */
  readonly stepUp?: ((response: Response, request: Request) => Promise<unknown>) | undefined;
  /** Lets requests wait for the user after the server has ended the session. If unset, they fail. */
  readonly parkedRequests?: Parking | undefined;
  /** Called with non-fatal errors, such as a listener that threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Kinds of {@link BearerOptions}. */
export const bearerKinds: OptionKinds = {
  protects: 'function, required',
  headerName: /^[\w!#$%&'*+.^`|~-]+$/,
  scheme: 'string',
  token: 'function',
  proof: 'object',
  fetch: 'function, required',
  stepUp: 'function',
  parkedRequests: 'object',
  onError: 'function',
};

/** The part of `ParkedRequests` that a bearer needs. */
export interface Parking {
  /** The session whose requests wait. */
  readonly endedSession: LiveSession | undefined;
  /** Resolves once a user has signed in. Rejects with `error` if the request cannot wait. */
  park(error: unknown, request: RequestToPark): Promise<void>;
}

/** What `Bearer.authorize` cannot see in the request itself. */
export interface AuthorizeOptions extends RequestAuthOptions {
  /**
   * The `body` that the request was created with. Kept alive until the request has settled: in WebKit a `Request` does not keep
   * the files of its `FormData`.
   */
  readonly body?: unknown;
  /** Sets the header on the given request instead of a copy, for a request that was created to be sent once. @default false */
  readonly inPlace?: boolean | undefined;
  /** The signal that the request was created with, `null` if there was none. If unset, it is read from the request, which takes time. */
  readonly signal?: AbortSignal | null | undefined;
}
