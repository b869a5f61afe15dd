import type { CookieOptions, Request, Response } from 'express';
import { checkOptions } from '../server/option-check.js';
import { checkOrigins, checkSameOrigin, type SameOriginOptions, sameOriginKinds } from './require-same-origin.js';

/** The accepted origins, the name and the path of {@link refreshCookie}. */
export interface RefreshCookieOptions extends SameOriginOptions {
  /**
   * The name of the cookie. With another `path`, use a name without the prefix `__Host-`.
   * @default '__Host-refresh_token'
   */
  readonly name?: string;
  /** @default '/' */
  readonly path?: string;
}

/** Stores the refresh token in a cookie that scripts cannot read. */
export interface RefreshCookie {
  /** Returns the refresh token of a request. */
  read(req: Request): string | undefined;
  /** Sets the cookie. */
  write(res: Response, refreshToken: string, maxAgeSeconds: number): void;
  /** Deletes the cookie. */
  clear(res: Response): void;
  /** Checks the origin of a request. @throws {OAuthError} `access_denied` if the origin is not accepted */
  checkOrigin(req: Request): void;
}

/**
 * Stores the refresh token in a cookie: `HttpOnly; Secure; SameSite=Strict`, for this host only. Requests that use the cookie must
 * come from an accepted origin, because browsers send cookies with requests from any page of the site.
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
 * @throws {TypeError} if the name begins with `__Host-` and the path is not `/`
 */
export function refreshCookie(options: RefreshCookieOptions): RefreshCookie {
  checkOptions('refreshCookie', options, { ...sameOriginKinds, name: 'text', path: 'text' });
  checkOrigins('refreshCookie', options);
  const { name = '__Host-refresh_token', path = '/' } = options;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError('refreshCookie: name must be a token.');
  if (!/^\/[^;\s]*$/.test(path)) throw new TypeError('refreshCookie: path must begin with "/".');
  if (name.startsWith('__Host-') && path !== '/') {
    throw new TypeError('refreshCookie: a cookie whose name begins with __Host- requires the path "/".');
  }
  const attributes: CookieOptions = { httpOnly: true, secure: true, sameSite: 'strict', path };

  return {
    read: req => cookieValue(req.get('cookie') ?? '', name),
    write: (res, token, maxAgeSeconds) => res.cookie(name, token, { ...attributes, maxAge: maxAgeSeconds * 1000 }),
    clear: res => res.clearCookie(name, attributes),
    checkOrigin: req => checkSameOrigin(req, options),
  };
}

/** Refresh tokens need no decoding, because all their characters are allowed in cookies. */
function cookieValue(header: string, name: string): string | undefined {
  const prefix = `${name}=`;
  const pair = header
    .split(';')
    .map(part => part.trim())
    .find(part => part.startsWith(prefix));
  return pair?.slice(prefix.length);
}
