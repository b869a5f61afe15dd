import { AuthError, type AuthErrorDetails } from '../errors.js';
import { attempt } from './attempt.js';
import type { OptionKinds } from './check-options.js';
import { httpDate } from './http-date.js';
import { refreshPostponed } from './refresh-postponed.js';
import { classifyRefreshResponse, oauthErrorOf, type RefreshResponse, refreshResponse } from './refresh-response.js';
import { retryAfterMs } from './refresh-schedule.js';
import type { RefreshClassification, Renewal, RenewalOutcome } from './renewal.js';
import type { Clock } from './server-clock.js';
import { type After, timeLimit, whenAborted } from './time-limit.js';
import { type TokenRequestOptions, tokenRequest, tokenRequestKinds } from './token-request.js';
import type { TokenResponseReader } from './token-response.js';
import type { TokenSet } from './token-set.js';

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

/** Kinds of {@link RefreshGrantOptions}. */
export const refreshGrantKinds: OptionKinds = {
  ...tokenRequestKinds,
  url: 'text, required',
  refreshTokenParameter: 'text',
  refreshTokenIn: ['body', 'cookie'],
  sendAccessToken: 'boolean',
  header: 'function',
  timeoutSeconds: 'seconds',
  classifyResponse: 'function',
};

/** What the grant needs from its environment. */
export interface RefreshGrantPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly after: After;
  readonly clock: Pick<Clock, 'wall'>;
}

/** Returns the renewal by the refresh token grant (RFC 6749 §6). */
export function refreshGrantRenewal(
  options: RefreshGrantOptions,
  read: TokenResponseReader,
  ports: RefreshGrantPorts,
): Renewal {
  const grant = new RefreshGrant(options, read, ports);
  return {
    timeoutSeconds: options.timeoutSeconds,
    canRenew: tokens => tokens.refreshToken !== undefined || options.refreshTokenIn === 'cookie',
    renew: (tokens, abort) => grant.renew(tokens, abort),
  };
}

/** Outcome of one request, with the response if it has no tokens. */
interface RequestOutcome {
  readonly outcome: RenewalOutcome;
  readonly failed?: RefreshResponse;
}

class RefreshGrant {
  /** Whether the server rejected a refresh for the access token that came along, and accepted it without. */
  private rejectsAccessToken = false;

  constructor(
    private readonly options: RefreshGrantOptions,
    private readonly read: TokenResponseReader,
    private readonly ports: RefreshGrantPorts,
  ) {}

  /**
   * Exchanges the refresh token. Settles within the timeout and never rejects. Follows no redirect, which would carry the
   * refresh token to another address.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
   */
  async renew(tokens: TokenSet, abort: AbortSignal): Promise<RenewalOutcome> {
    const { signal, lift } = timeLimit(this.ports.after, (this.options.timeoutSeconds ?? 10) * 1000, abort);
    try {
      return await Promise.race([
        this.exchange(tokens, signal),
        // A fetch that ignores its signal must not keep callers waiting.
        whenAborted(signal, () => retryable('The refresh endpoint did not respond in time.')),
      ]);
    } catch (cause) {
      return retryable('The refresh endpoint is unreachable.', { cause });
    } finally {
      lift();
    }
  }

  /**
   * Servers that check the access token first reject a good refresh token for it: Django REST framework, Spring Security and
   * Directus an expired one, better-auth and oidc-provider any. So the refresh token is presented once more without it.
   */
  private async exchange(tokens: TokenSet, signal: AbortSignal): Promise<RenewalOutcome> {
    const sendsAccessToken = this.options.sendAccessToken !== false && !this.rejectsAccessToken;
    const first = await this.request(tokens, sendsAccessToken, signal);
    if (!sendsAccessToken || !mayBeAboutAccessToken(first.failed) || signal.aborted) return first.outcome;
    const second = await this.request(tokens, false, signal);
    if (second.outcome.kind === 'refreshed') this.rejectsAccessToken = true;
    // After another status than 401, a server that needs the access token may have rejected the second request for its lack.
    return second.failed === undefined || first.failed?.status === 401 || isInvalidGrant(second.failed)
      ? second.outcome
      : first.outcome;
  }

  private async request(tokens: TokenSet, sendsAccessToken: boolean, signal: AbortSignal): Promise<RequestOutcome> {
    const request = refreshRequest(tokens, this.options, sendsAccessToken);
    const response = await this.ports.fetch(this.options.url, { ...request, signal });
    const serverDate = httpDate(response.headers.get('Date') || '');
    const body = await response.text();
    const failed = refreshResponse(response, body);
    const { status, json } = failed;
    if (!response.ok || json === undefined || oauthErrorOf(json) !== undefined) {
      const wait = retryAfterMs(response.headers.get('Retry-After'), serverDate || this.ports.clock.wall());
      return { outcome: this.failure(failed, wait), failed };
    }
    try {
      return { outcome: { kind: 'refreshed', response: { ...this.read(json), body: json }, serverDate } };
    } catch (cause) {
      const message = cause instanceof AuthError ? cause.message : 'The refresh response could not be read.';
      return { outcome: { ...this.failure(failed), error: refreshPostponed(message, { cause, status }) }, failed };
    }
  }

  private failure(failed: RefreshResponse, retryAfter?: number): Extract<RenewalOutcome, { error: AuthError }> {
    const { status, json } = failed;
    const classify = this.options.classifyResponse || classifyRefreshResponse;
    const kind = attempt(() => classify(failed), 'retryable');
    const oauthError = oauthErrorOf(json);
    const reported = oauthError === undefined ? `status ${status}` : `"${oauthError}"`;
    const error =
      kind === 'refused'
        ? new AuthError('refresh_refused', `The server refused to refresh: ${reported}.`, { status, oauthError })
        : refreshPostponed(`The refresh endpoint returned no tokens: ${reported}.`, { status, oauthError });
    return { kind, error, retryAfterMs: retryAfter };
  }
}

/** Statuses with which servers reject an access token at the refresh endpoint. */
const accessTokenStatuses = [400, 401, 403];

/** Whether the access token may be why a refresh request failed. */
function mayBeAboutAccessToken(failed: RefreshResponse | undefined): boolean {
  if (!failed || !accessTokenStatuses.includes(failed.status) || isInvalidGrant(failed)) return false;
  return classifyRefreshResponse(failed) !== 'retryable' || oauthErrorOf(failed.json) === 'invalid_client';
}

function isInvalidGrant({ json }: RefreshResponse): boolean {
  return oauthErrorOf(json) === 'invalid_grant';
}

function refreshRequest(tokens: TokenSet, options: RefreshGrantOptions, sendsAccessToken: boolean): RequestInit {
  const headers = new Headers(options.headers || { 'Content-Type': 'application/json' });
  if (sendsAccessToken) {
    const [name, value] = options.header?.(tokens) || (['Authorization', `Bearer ${tokens.accessToken}`] as const);
    headers.set(name, value);
  }
  const { method, parameters, refreshTokenParameter = 'refresh_token' } = options;
  const grant = { grant_type: 'refresh_token', ...parameters };
  if (options.refreshTokenIn === 'cookie') {
    headers.set('X-Requested-With', 'XMLHttpRequest');
    return tokenRequest(grant, headers, method, options.credentials || 'include');
  }
  const fields = { ...grant, [refreshTokenParameter]: tokens.refreshToken, ...parameters };
  return tokenRequest(fields, headers, method, options.credentials);
}

function retryable(message: string, details?: AuthErrorDetails): RenewalOutcome {
  return { kind: 'retryable', error: refreshPostponed(message, details) };
}
