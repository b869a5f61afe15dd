import type { Request } from 'express';
import { errorReporter } from '../server/error-reporter.js';
import { OAuthError } from '../server/oauth-error.js';
import { eventEmitter, timed } from '../server/token-event.js';
import { requestContext } from './request-context.js';
import type { RefreshedTokens, WebSessionOptions, WebTokens } from './web-tokens.js';

/** The result of a refresh that concurrent and later requests of a session share. */
export interface SharedRefresh {
  readonly tokens: Promise<Partial<WebTokens>>;
  /** Whether the response is from an earlier request. */
  readonly cached: boolean;
}

interface CachedResponse {
  readonly tokens: Promise<Partial<WebTokens>>;
  readonly at: number;
  /** Returns whether the response can still be used. An `invalid_grant` can. */
  isUsable(): boolean;
}

/** Returns a function that sends one request per refresh token to the token endpoint, and caches the responses for a while. */
export function sharedRefreshes(
  options: WebSessionOptions,
  clock: () => number,
  isFresh: (tokens: Partial<WebTokens>) => boolean,
): (refreshToken: string, req: Request, current: WebTokens) => SharedRefresh {
  const pending = new Map<string, Promise<Partial<WebTokens>>>();
  const responses = cachedResponses(clock, options.rememberSeconds ?? 60);
  const send = refreshSender(options, clock);

  const start = (refreshToken: string, req: Request, current: WebTokens): Promise<Partial<WebTokens>> => {
    const tokens = send(refreshToken, req, current);
    pending.set(refreshToken, tokens);
    const settle = (isUsable?: () => boolean): void => {
      pending.delete(refreshToken);
      if (isUsable !== undefined) responses.add(refreshToken, { tokens, at: clock(), isUsable });
    };
    tokens.then(
      changed => settle(() => isFresh(changed) || (changed.refresh_token ?? refreshToken) !== refreshToken),
      // Other errors can be over at the next request; invalid_grant is final.
      error => settle(isInvalidGrant(error) ? () => true : undefined),
    );
    return tokens;
  };

  return (refreshToken, req, current) => {
    const cached = responses.find(refreshToken);
    if (cached !== undefined) return { tokens: cached.tokens, cached: true };
    return { tokens: pending.get(refreshToken) ?? start(refreshToken, req, current), cached: false };
  };
}

function cachedResponses(clock: () => number, rememberSeconds: number) {
  /** Oldest first. */
  const responses = new Map<string, CachedResponse>();
  const dropOld = (): void => {
    const limit = clock() - rememberSeconds * 1000;
    for (const [refreshToken, { at }] of responses) {
      if (at > limit) return;
      responses.delete(refreshToken);
    }
  };
  return {
    find(refreshToken: string): CachedResponse | undefined {
      dropOld();
      const response = responses.get(refreshToken);
      return response?.isUsable() ? response : undefined;
    },
    add(refreshToken: string, response: CachedResponse): void {
      responses.delete(refreshToken);
      responses.set(refreshToken, response);
    },
  };
}

/** Calls the application's `refresh` and reports its errors, except `invalid_grant`. */
function refreshSender({ refresh, onEvent }: WebSessionOptions, clock: () => number) {
  const reportError = errorReporter(onEvent);
  const measure = onEvent && eventEmitter(onEvent);
  return async (refreshToken: string, req: Request, current: WebTokens): Promise<Partial<WebTokens>> => {
    try {
      const response = await timed(measure, 'web_session', () => refresh(refreshToken, req));
      return changedTokens(response, clock());
    } catch (error) {
      const { access_token, id_token } = current;
      if (!isInvalidGrant(error)) reportError(error, requestContext(req), [refreshToken, access_token, id_token]);
      throw error;
    }
  };
}

/** @throws if the response has no access token. Some clients resolve with the error response of a token endpoint. */
function changedTokens(response: RefreshedTokens & { readonly error?: unknown }, now: number): Partial<WebTokens> {
  const { access_token, refresh_token, id_token, expires_in, expires_at, error } = response;
  if (!access_token) throw Object.assign(new Error('The token response has no access token.'), { error });
  return {
    access_token,
    ...(refresh_token ? { refresh_token } : {}),
    ...(id_token ? { id_token } : {}),
    expires_at: expires_in === undefined ? expires_at : Math.floor(now / 1000) + Number(expires_in),
  };
}

/** Returns whether the token endpoint ended the session. */
export function isInvalidGrant(error: unknown): boolean {
  if (error instanceof OAuthError) return error.code === 'invalid_grant';
  return typeof error === 'object' && error !== null && 'error' in error && error.error === 'invalid_grant';
}
