import { AuthError, type AuthErrorDetails } from '../errors.js';
import { attempt } from './attempt.js';
import { httpDate } from './http-date.js';
import { refreshPostponed } from './refresh-postponed.js';
import { retryAfterMs } from './refresh-schedule.js';
import type { RefreshClassification, Renewal, RenewalOutcome, RenewalPorts } from './renewal.js';
import { timeLimit, whenAborted } from './time-limit.js';
import { mediaType, type TokenRequestOptions, tokenRequest } from './token-request.js';
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

/** How to send refresh requests: the refresh token grant (RFC 6749 §6), or the form that a custom server expects. */
export interface RefreshGrantOptions extends TokenRequestOptions {
  /** Refresh endpoint: an absolute URL, or one relative to the page. */
  readonly url: string;
  /**
   * Name of the body field that holds the refresh token.
   * @default 'refresh_token'
   */
  readonly refreshTokenParameter?: string;
  /**
   * Where the refresh token is kept: in the response body, or in an `HttpOnly` cookie that no script can read. With a cookie,
   * every session counts as refreshable, and the request carries `X-Requested-With`, which only the page's own scripts can send.
   * @default 'body'
   */
  readonly refreshTokenIn?: 'body' | 'cookie';
  /**
   * Sends the old access token in {@link RefreshGrantOptions.header}, where servers of aurelia-authentication read it.
   * @default true
   */
  readonly sendAccessToken?: boolean;
  /** Returns the header that carries the old access token. @default Authorization: Bearer … */
  readonly header?: (tokens: TokenSet) => readonly [name: string, value: string];
  /**
   * Maximum duration of a refresh request, in seconds.
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
  if (options.sendAccessToken ?? true) {
    const [name, value] = options.header?.(tokens) ?? (['Authorization', `Bearer ${tokens.accessToken}`] as const);
    headers.set(name, value);
  }
  const { method, parameters, refreshTokenParameter = 'refresh_token' } = options;
  const grant = { grant_type: 'refresh_token', ...parameters };
  if (options.refreshTokenIn === 'cookie') {
    headers.set('X-Requested-With', 'XMLHttpRequest');
    return tokenRequest(grant, headers, method, options.credentials ?? 'include');
  }
  const fields = { ...grant, [refreshTokenParameter]: tokens.refreshToken, ...parameters };
  return tokenRequest(fields, headers, method, options.credentials);
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
