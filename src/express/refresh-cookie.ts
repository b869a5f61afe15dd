import type { CookieOptions, Request, Response } from 'express';
import { OAuthError } from './oauth-error.js';

export interface RefreshCookieOptions {
  /**
   * The origins of the pages that may refresh and log out, such as `https://app.example.com`. Pages of the server's own
   * origin may without being listed, in browsers that say so (`Sec-Fetch-Site`).
   */
  readonly allowedOrigins: readonly string[];
  /**
   * A name without `__Host-` makes sense with a `path` alone.
   * @default '__Host-refresh_token'
   */
  readonly name?: string;
  /** @default '/' */
  readonly path?: string;
  /**
   * A header pages must send, with any value: no form can, and a page of another origin only if CORS lets it.
   * @default 'X-Requested-With'
   */
  readonly requiredHeader?: string;
}

/** Keeps the refresh token where no script of the page can read it. */
export interface RefreshCookie {
  read(req: Request): string | undefined;
  write(res: Response, refreshToken: string, maxAgeSeconds: number): void;
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
  const { allowedOrigins, name = '__Host-refresh_token', path = '/', requiredHeader = 'X-Requested-With' } = options;
  if (name.startsWith('__Host-') && path !== '/') {
    throw new TypeError('refreshCookie: a cookie whose name begins with __Host- must have the path "/".');
  }
  const attributes: CookieOptions = { httpOnly: true, secure: true, sameSite: 'strict', path };

  return {
    read: req => cookieValue(req.get('cookie') ?? '', name),
    write: (res, token, maxAgeSeconds) => res.cookie(name, token, { ...attributes, maxAge: maxAgeSeconds * 1000 }),
    clear: res => res.clearCookie(name, attributes),
    checkOrigin(req) {
      const origin = req.get('origin');
      const known =
        req.get('sec-fetch-site') === 'same-origin' || (origin !== undefined && allowedOrigins.includes(origin));
      if (known && req.get(requiredHeader) !== undefined) return;
      throw new OAuthError('access_denied', 'This request does not come from a page that may make it.');
    },
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
