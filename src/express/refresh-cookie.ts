import type { CookieOptions, Request, Response } from 'express';
import { checkOwnPages, type OwnPagesOptions } from './own-pages.js';

/** Whose requests may use {@link refreshCookie}, and how it is called. */
export interface RefreshCookieOptions extends OwnPagesOptions {
  /**
   * A name without `__Host-` makes sense with a `path` alone.
   * @default '__Host-refresh_token'
   */
  readonly name?: string;
  /** @default '/' */
  readonly path?: string;
}

/** Keeps the refresh token where no script of the page can read it. */
export interface RefreshCookie {
  /** The refresh token that came with a request. */
  read(req: Request): string | undefined;
  /** Has the browser keep it. */
  write(res: Response, refreshToken: string, maxAgeSeconds: number): void;
  /** Has the browser forget it. */
  clear(res: Response): void;
  /** @throws {OAuthError} `access_denied` when the request may not come from our own pages */
  checkOrigin(req: Request): void;
}

/**
 * The refresh token as a cookie: `HttpOnly; Secure; SameSite=Strict`, for this host alone. Since the browser sends it by
 * itself, a request that uses it must prove that one of our own pages made it.
 *
 * @example
 * ```ts
 * const cookie = refreshCookie({ allowedOrigins: ['https://app.example.com'] });
 * app.post('/auth/login', express.json(), refreshToken(tokens, { cookie }), async (req, res) => {
 *   const user = await checkPassword(req.body);
 *   sendTokens(res, await tokens.issue({ sub: user.id }), cookie);
 * });
 * app.post('/auth/logout', express.json(), logout(tokens, { cookie }));
 * ```
 * @throws {TypeError} when the name promises what the path does not keep
 */
export function refreshCookie(options: RefreshCookieOptions): RefreshCookie {
  const { name = '__Host-refresh_token', path = '/' } = options;
  if (name.startsWith('__Host-') && path !== '/') {
    throw new TypeError('refreshCookie: a cookie whose name begins with __Host- must have the path "/".');
  }
  const attributes: CookieOptions = { httpOnly: true, secure: true, sameSite: 'strict', path };

  return {
    read: req => cookieValue(req.get('cookie') ?? '', name),
    write: (res, token, maxAgeSeconds) => res.cookie(name, token, { ...attributes, maxAge: maxAgeSeconds * 1000 }),
    clear: res => res.clearCookie(name, attributes),
    checkOrigin: req => checkOwnPages(req, options),
  };
}

/** Refresh tokens need no decoding: they consist of characters cookies may hold. */
function cookieValue(header: string, name: string): string | undefined {
  const prefix = `${name}=`;
  const pair = header
    .split(';')
    .map(part => part.trim())
    .find(part => part.startsWith(prefix));
  return pair?.slice(prefix.length);
}
