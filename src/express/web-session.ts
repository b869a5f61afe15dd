import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { requestContext, type TokenEventListener } from './audit.js';
import { faults } from './faults.js';
import { OAuthError, oauthError, sendOAuthError, sendUncached, unavailable } from './oauth-error.js';

/**
 * The tokens a web application keeps in its user's session, in the shape `express-openid-connect` gives them. The object
 * is changed in place, so that the session middleware saves it.
 */
export interface WebTokens {
  access_token: string;
  /** Absent: the session ends with its access token. */
  refresh_token?: string | undefined;
  id_token?: string | undefined;
  /** Epoch seconds. Absence: the tokens are taken for valid. */
  expires_at?: number | string | undefined;
}

/** What the token endpoint answered. What it leaves out is kept. @see https://www.rfc-editor.org/rfc/rfc6749#section-6 */
export interface RefreshedTokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly id_token?: string | undefined;
  /** Seconds from now; or `expires_at`, epoch seconds. */
  readonly expires_in?: number | undefined;
  readonly expires_at?: number | string | undefined;
}

/** Where {@link webSession} finds the tokens, and how it refreshes them. */
export interface WebSessionOptions {
  /** Where the tokens are; `undefined` when nobody is logged in. */
  readonly tokens: (req: Request) => WebTokens | undefined;
  /** Asks the token endpoint. An error whose `error` is `invalid_grant` ends the session, every other one is a fault. */
  readonly refresh: (refreshToken: string, req: Request) => Promise<RefreshedTokens>;
  /** Called when the session has ended, to forget it and to send the user to the login. Absence: 401. */
  readonly onEnded?: RequestHandler;
  /** Tokens are refreshed this long before they expire. @default 5 */
  readonly leewaySeconds?: number;
  /**
   * How long requests that still come with the old session get the new tokens without another refresh: longer than the
   * requests of one page take.
   * @default 60
   */
  readonly rememberSeconds?: number;
  /** Told when `refresh` fails other than by the end of the session, also while a token is still valid. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

const tokensOf = new WeakMap<Request, WebTokens>();

/**
 * Sees to it that a server-side web application has a valid access token before its handler runs: an expired one is
 * refreshed, once for all requests of a session that come at the same time or shortly after, and the refresh token that
 * an answer leaves out is kept. Comes after the session middleware.
 *
 * Requests are told apart by their refresh token, in this process. Several processes behind a balancer without sticky
 * sessions may each refresh once; servers with a grace period, such as this package's, take no harm.
 *
 * @example
 * ```ts
 * // With express-openid-connect:
 * const freshTokens = webSession({
 *   tokens: req => req.appSession,
 *   refresh: async (_refreshToken, req) => {
 *     await req.oidc.accessToken.refresh();
 *     return req.appSession;
 *   },
 *   onEnded: (_req, res) => res.oidc.login({ returnTo: '/' }),
 * });
 * app.get('/expenses', requiresAuth(), freshTokens, async (req, res) => {
 *   const { access_token } = webTokens(req);
 * });
 * ```
 */
export function webSession(options: WebSessionOptions): RequestHandler {
  const { leewaySeconds = 5, clock = Date.now } = options;
  const secondsLeft = ({ expires_at }: Partial<WebTokens>): number =>
    expires_at === undefined ? Number.POSITIVE_INFINITY : Number(expires_at) - clock() / 1000;
  const isFresh = (tokens: Partial<WebTokens>): boolean => secondsLeft(tokens) > leewaySeconds;
  const refreshOnce = sharedRefreshes(options, clock, isFresh);

  /** Several steps only when remembered answers lead on to a newer refresh token. */
  const freshen = async (tokens: WebTokens, req: Request): Promise<void> => {
    for (let remembered = true; remembered && !isFresh(tokens); ) {
      if (tokens.refresh_token === undefined)
        throw new OAuthError('invalid_grant', 'The session has expired. Log in again.');
      const refresh = refreshOnce(tokens.refresh_token, req, tokens);
      remembered = refresh.remembered;
      Object.assign(tokens, await refresh.tokens);
    }
  };

  const handle = async (req: Request, res: Response, next: NextFunction): Promise<unknown> => {
    const tokens = options.tokens(req);
    if (tokens === undefined) return next();
    try {
      await freshen(tokens, req);
    } catch (error) {
      const ended = isInvalidGrant(error);
      if (!ended && secondsLeft(tokens) <= 0) return sendOAuthError(res, oauthError(unavailable(error)));
      if (ended && options.onEnded !== undefined) return options.onEnded(req, res, next);
      if (ended) return sendOAuthError(res, new OAuthError('invalid_token', 'The session has ended. Log in again.'));
    }
    tokensOf.set(req, tokens);
    next();
  };
  // Express 4 lets what a handler rejects with end the process.
  return (req, res, next) => {
    handle(req, res, next).catch(next);
  };
}

/**
 * The session's tokens, fresh.
 * @throws {TypeError} when no {@link webSession} stands before the handler, or nobody is logged in
 */
export function webTokens(req: Request): Readonly<WebTokens> {
  const tokens = tokensOf.get(req);
  if (tokens === undefined) throw new TypeError('webTokens: put webSession() before this handler, behind a login.');
  return tokens;
}

/**
 * Tells a page how long the session's tokens are good for, and no token: what the plugin wants to hear of a backend that keeps
 * them (`accessTokenIn: 'cookie'`), after a login and after a refresh.
 *
 * @param more for the page, such as the name of its user
 */
export function sendWebSession(res: Response, { expires_at }: Readonly<WebTokens>, more: object = {}): void {
  const secondsLeft = Number(expires_at) - Date.now() / 1000;
  const expires_in = expires_at === undefined ? undefined : Math.max(0, Math.floor(secondsLeft));
  sendUncached(res, 200, { ...more, expires_in });
}

interface SharedRefresh {
  readonly tokens: Promise<Partial<WebTokens>>;
  /** Whether the token endpoint had answered before. */
  readonly remembered: boolean;
}

interface RememberedAnswer {
  readonly tokens: Promise<Partial<WebTokens>>;
  readonly at: number;
  /** Whether it is still of use; a refusal is. */
  helps(): boolean;
}

/** One request to the token endpoint for each refresh token, whose answer is remembered for a while. */
function sharedRefreshes(
  options: WebSessionOptions,
  clock: () => number,
  isFresh: (tokens: Partial<WebTokens>) => boolean,
) {
  const { rememberSeconds = 60 } = options;
  const underWay = new Map<string, Promise<Partial<WebTokens>>>();
  /** Oldest first. */
  const answers = new Map<string, RememberedAnswer>();

  const remember = (refreshToken: string, answer: RememberedAnswer): void => {
    answers.delete(refreshToken);
    answers.set(refreshToken, answer);
  };
  const forgetOld = (): void => {
    const limit = clock() - rememberSeconds * 1000;
    for (const [refreshToken, { at }] of answers) {
      if (at > limit) return;
      answers.delete(refreshToken);
    }
  };
  const tellFault = faults(options.onEvent);
  const ask = async (refreshToken: string, req: Request, known: WebTokens): Promise<Partial<WebTokens>> => {
    try {
      return changedTokens(await options.refresh(refreshToken, req), clock());
    } catch (error) {
      const { access_token, id_token } = known;
      if (!isInvalidGrant(error)) tellFault(error, requestContext(req), [refreshToken, access_token, id_token]);
      throw error;
    }
  };

  const begin = (refreshToken: string, req: Request, known: WebTokens): Promise<Partial<WebTokens>> => {
    const tokens = ask(refreshToken, req, known);
    underWay.set(refreshToken, tokens);
    const over = (helps?: () => boolean): void => {
      underWay.delete(refreshToken);
      if (helps !== undefined) remember(refreshToken, { tokens, at: clock(), helps });
    };
    tokens.then(
      changed => over(() => isFresh(changed) || (changed.refresh_token ?? refreshToken) !== refreshToken),
      // A fault may be over at the next request; a refusal stays one.
      error => over(isInvalidGrant(error) ? () => true : undefined),
    );
    return tokens;
  };

  return (refreshToken: string, req: Request, known: WebTokens): SharedRefresh => {
    forgetOld();
    const answer = answers.get(refreshToken);
    if (answer?.helps()) return { tokens: answer.tokens, remembered: true };
    return { tokens: underWay.get(refreshToken) ?? begin(refreshToken, req, known), remembered: false };
  };
}

/** @throws what an answer without an access token says is wrong: some clients resolve with the errors of a token endpoint, too */
function changedTokens(answer: RefreshedTokens & { readonly error?: unknown }, now: number): Partial<WebTokens> {
  const { access_token, refresh_token, id_token, expires_in, expires_at, error } = answer;
  if (!access_token) throw Object.assign(new Error('The refresh was answered without an access token.'), { error });
  return {
    access_token,
    ...(refresh_token ? { refresh_token } : {}),
    ...(id_token ? { id_token } : {}),
    expires_at: expires_in === undefined ? expires_at : Math.floor(now / 1000) + Number(expires_in),
  };
}

function isInvalidGrant(error: unknown): boolean {
  if (error instanceof OAuthError) return error.code === 'invalid_grant';
  return typeof error === 'object' && error !== null && 'error' in error && error.error === 'invalid_grant';
}
