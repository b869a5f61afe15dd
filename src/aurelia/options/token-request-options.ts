import { type BearerActivity, type ParkedRequestsOptions, protectedUrls, type StepUpError } from '../../core.js';
import { type Checks, isOneOf, isSeconds } from './checks.js';
import type { TokenResponseOptions } from './token-response-options.js';

/** Options for requests that carry the access token. */
export interface TokenRequestOptions {
  /** Adds the access token to requests. If `false`, requests carry no token and a 401 is not retried. @default true */
  httpInterceptor?: boolean;
  /**
   * URLs whose requests may carry the token: absolute or relative to the page, each with all paths below it. The list replaces
   * the default. If unset, the origins of the configured clients' base URLs and of an absolute `baseUrl`; a client without base
   * URL stands for the page's own origin. The token is never sent to other URLs. Over plain `http:` it is sent only to this
   * machine, and to URLs that the list writes as `http://host`.
   * @default null
   */
  protectedUrls?: readonly string[] | null;
  /** Name of the header that carries the token. @default 'Authorization' */
  authHeader?: string;
  /** Authentication scheme in front of the token, followed by a space. Falsy values send the bare token. @default 'Bearer' */
  authTokenType?: string | false | null;
  /** Logs out after a 401 to a token that has not expired, if the retry with a refreshed token fails too. @default false */
  logoutOnInvalidToken?: boolean;
  /** Maximum time that a request, and the guard, wait for a fresh token, in seconds. @default 10 */
  tokenWaitSeconds?: number;
  /**
   * What becomes of requests that need a token after the server has ended the session. `'fail'`: they fail. `'park'`, or limits: they
   * wait until the same user has signed in again on this page. The event `parked-requests` is published with their number.
   * @default 'fail'
   */
  whenSessionEnds?: 'fail' | 'park' | ParkedRequestsOptions;
  /**
   * Called when an API demands a stronger or more recent authentication, or more scopes (RFC 9470). Authenticates the user, and
   * resolves once the session has the new tokens: the request is then replayed. If it rejects, so does the request.
   * @default null
   */
  onStepUp?: ((demand: StepUpError) => Promise<unknown>) | null;
  /** Called when a request is sent, waits, resumes, is rejected, is replayed or ends. Never receives tokens. @default null */
  onActivity?: ((activity: BearerActivity) => void) | null;
}

export function tokenRequestDefaults(): Required<TokenRequestOptions> {
  return {
    httpInterceptor: true,
    protectedUrls: null,
    authHeader: 'Authorization',
    authTokenType: 'Bearer',
    logoutOnInvalidToken: false,
    tokenWaitSeconds: 10,
    whenSessionEnds: 'fail',
    onStepUp: null,
    onActivity: null,
  };
}

export const tokenRequestChecks: Checks<TokenRequestOptions> = {
  tokenWaitSeconds: isSeconds,
  whenSessionEnds: isOneOf('fail', 'park'),
  protectedUrls: urls =>
    (urls ?? []).filter(isPlainHttp).map(url => `Anyone on the way to ${url} can read the token: prefer https: there.`),
};

/** Whether the URL is written with `http:` and does not lead to this machine. */
function isPlainHttp(url: string): boolean {
  let isRejected = false;
  protectedUrls([url], 'https://page.invalid/', () => {
    isRejected = true;
  });
  return isRejected && /^http:/i.test(url.trim());
}

type HeaderSettings = Required<TokenRequestOptions & TokenResponseOptions>;

/**
 * Returns the name of the header that carries the token, and its authentication scheme. In cookie mode, the header is one that
 * only scripts of the page can send.
 */
export function tokenHeader({ accessTokenIn, authHeader, authTokenType }: HeaderSettings) {
  if (accessTokenIn === 'cookie') return { headerName: 'X-Requested-With', scheme: '' };
  return { headerName: authHeader ?? 'Authorization', scheme: authTokenType || '' };
}

/** Returns the name and the value of the header for a token. */
export function headerFor(settings: HeaderSettings, token: string): readonly [name: string, value: string] {
  const { headerName, scheme } = tokenHeader(settings);
  return [headerName, scheme ? `${scheme} ${token}` : token];
}
