import { AuthError, type AuthErrorDetails } from '../errors.js';
import { attempt } from './attempt.js';
import { httpDate } from './http-date.js';
import { refreshPostponed } from './refresh-postponed.js';
import { retryAfterMs } from './refresh-schedule.js';
import type { RefreshClassification, Renewal, RenewalOutcome, RenewalPorts } from './renewal.js';
import { timeLimit, whenAborted } from './time-limit.js';
import { own, type TokenResponseReader, text } from './token-response.js';
import type { TokenSet } from './token-set.js';

/** What the refresh endpoint answered, as far as a verdict needs it. */
export interface RefreshResponse {
  /** HTTP status. */
  readonly status: number;
  /** Media type without parameters, lower case; empty when there is none. */
  readonly contentType: string;
  /** The parsed body, when it is JSON. */
  readonly json: unknown;
  /** Whether there was any body at all. */
  readonly empty: boolean;
}

/** How to refresh at a server: the refresh token grant (RFC 6749 §6), or what a home-made server takes for it. */
export interface RefreshGrantOptions {
  /** The refresh endpoint: absolute, or relative to the page. */
  readonly url: string;
  /** Further body parameters, such as `client_id`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * The body's name for the refresh token.
   * @default 'refresh_token'
   */
  readonly refreshTokenParameter?: string;
  /**
   * Where the refresh token is: in the body, or in an `HttpOnly` cookie that no script can read. With a cookie, every
   * session counts as refreshable, and the request says with `X-Requested-With` that a script of the page sent it.
   * @default 'body'
   */
  readonly refreshTokenIn?: 'body' | 'cookie';
  /** @default { 'Content-Type': 'application/json' } */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Sends the old access token along, in `header`. Servers in the manner of aurelia-authentication read it there.
   * @default true
   */
  readonly sendAccessToken?: boolean;
  /** Turns the old access token into a header. @default Authorization: Bearer … */
  readonly header?: (tokens: TokenSet) => readonly [name: string, value: string];
  /** @default 'same-origin', or 'include' with a cookie */
  readonly credentials?: RequestCredentials;
  /**
   * After how many seconds without a complete answer an attempt is given up.
   * @default 10
   */
  readonly timeoutSeconds?: number;
  /**
   * Classifies responses without usable tokens.
   * @default classifyRefreshResponse
   */
  readonly classifyResponse?: (response: RefreshResponse) => RefreshClassification;
}

/** OAuth errors that say nothing about the grant. */
const notAboutTheGrant = new Set([
  'invalid_request',
  'invalid_scope',
  'unsupported_grant_type',
  'temporarily_unavailable',
  'server_error',
  'slow_down',
  'use_dpop_nonce',
]);

/**
 * Only a definite no of the endpoint itself ends a session: 400, 401 or 403 with a JSON body or none, unless its OAuth
 * error is about something else than the grant; a bare 401 in plain text too, as Express sends it. Web application firewalls,
 * captive portals and gateways answer in HTML, in plain text or with a 5xx: those speak of the way, not of the session.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function classifyRefreshResponse({ status, contentType, json, empty }: RefreshResponse): RefreshClassification {
  const error = oauthError(json);
  if (status >= 200 && status < 300) return error === 'invalid_grant' ? 'refused' : 'retryable';
  if (status !== 400 && status !== 401 && status !== 403) return 'retryable';
  if (error !== undefined && notAboutTheGrant.has(error)) return 'retryable';
  const spokenByEndpoint = json !== undefined || empty || (status === 401 && contentType === 'text/plain');
  return spokenByEndpoint ? 'refused' : 'retryable';
}

/** Renewal by the refresh token grant (RFC 6749 §6). */
export function refreshGrantRenewal(
  options: RefreshGrantOptions,
  read: TokenResponseReader,
  ports: RenewalPorts,
): Renewal {
  return {
    timeoutSeconds: options.timeoutSeconds,
    canRenew: tokens => tokens.refreshToken !== undefined || options.refreshTokenIn === 'cookie',
    renew: (tokens, abort) => refreshGrant(tokens, read, options, ports, abort),
  };
}

/**
 * Trades the refresh token in. Settles within the timeout and never throws: what cannot be told apart from a fault on the
 * way is postponed. The request goes to the endpoint itself and nowhere else: a redirect, which would carry the token
 * along, is an error.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
async function refreshGrant(
  tokens: TokenSet,
  read: TokenResponseReader,
  options: RefreshGrantOptions,
  ports: RenewalPorts,
  abort: AbortSignal,
): Promise<RenewalOutcome> {
  const { signal, lift } = timeLimit(ports.after, (options.timeoutSeconds ?? 10) * 1000, abort);
  try {
    const exchange = ports.fetch(options.url, { ...refreshRequest(tokens, options), signal });
    return await Promise.race([
      exchange.then(response => outcomeOf(response, read, options, ports)),
      // A fetch that pays no heed to its signal must not hold anybody up.
      whenAborted(signal, () => postponed('The refresh endpoint did not answer in time.')),
    ]);
  } catch (cause) {
    return postponed('The refresh endpoint could not be reached.', { cause });
  } finally {
    lift();
  }
}

function refreshRequest(tokens: TokenSet, options: RefreshGrantOptions): RequestInit {
  const headers = new Headers(options.headers ?? { 'Content-Type': 'application/json' });
  if (!headers.has('Accept')) headers.set('Accept', 'application/json');
  if (options.sendAccessToken ?? true) {
    const [name, value] = options.header?.(tokens) ?? (['Authorization', `Bearer ${tokens.accessToken}`] as const);
    headers.set(name, value);
  }
  const inCookie = options.refreshTokenIn === 'cookie';
  if (inCookie) headers.set('X-Requested-With', 'XMLHttpRequest');
  const parameters: Record<string, string> = { grant_type: 'refresh_token', ...options.parameters };
  if (!inCookie && tokens.refreshToken !== undefined) {
    parameters[options.refreshTokenParameter ?? 'refresh_token'] = tokens.refreshToken;
  }
  const form = mediaType(headers.get('Content-Type')) === 'application/x-www-form-urlencoded';
  return {
    method: 'POST',
    headers,
    body: form ? new URLSearchParams(parameters).toString() : JSON.stringify(parameters),
    credentials: options.credentials ?? (inCookie ? 'include' : 'same-origin'),
    redirect: 'error',
    cache: 'no-store',
  };
}

async function outcomeOf(
  response: Response,
  read: TokenResponseReader,
  options: RefreshGrantOptions,
  ports: RenewalPorts,
): Promise<RenewalOutcome> {
  const serverDate = httpDate(response.headers.get('Date') ?? '');
  const body = await response.text();
  const json: unknown = attempt(() => JSON.parse(body), undefined);
  const { status } = response;
  const error = oauthError(json);
  if (response.ok && error === undefined && json !== undefined) {
    try {
      return { kind: 'refreshed', response: { ...read(json), body: json }, serverDate };
    } catch (cause) {
      const message = cause instanceof AuthError ? cause.message : 'The refresh answer could not be read.';
      return postponed(message, { cause, status });
    }
  }
  const contentType = mediaType(response.headers.get('Content-Type'));
  const answer = { status, contentType, json, empty: body === '' };
  const details = { status, ...(error !== undefined && { oauthError: error }) };
  const verdict = attempt(() => (options.classifyResponse ?? classifyRefreshResponse)(answer), 'retryable');
  if (verdict === 'refused') {
    const said = error === undefined ? `status ${status}` : `"${error}"`;
    return {
      kind: 'refused',
      error: new AuthError('refresh_refused', `The server refused to refresh: ${said}.`, details),
    };
  }
  const wait = retryAfterMs(response.headers.get('Retry-After'), serverDate ?? ports.clock.wall());
  return postponed(`The refresh endpoint answered with status ${status} and no tokens.`, details, wait);
}

function postponed(message: string, details?: AuthErrorDetails, retryAfter?: number): RenewalOutcome {
  return { kind: 'retryable', error: refreshPostponed(message, details), retryAfterMs: retryAfter };
}

function oauthError(json: unknown): string | undefined {
  return text(own(json, 'error'));
}

function mediaType(header: string | null): string {
  return (header ?? '').replace(/;.*/, '').trim().toLowerCase();
}
