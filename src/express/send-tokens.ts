import type { Response } from 'express';
import { sendUncached } from './oauth-error.js';
import type { RefreshCookie } from './refresh-cookie.js';
import type { TokenResponse } from './token-issuer.js';

/** Answers with tokens, in a way no cache keeps. With a `cookie` the refresh token goes there and not into the body. */
export function sendTokens(res: Response, tokens: TokenResponse, cookie?: RefreshCookie): void {
  if (cookie === undefined) {
    sendUncached(res, 200, tokens);
    return;
  }
  const { refresh_token, ...visible } = tokens;
  cookie.write(res, refresh_token, tokens.refresh_expires_in);
  sendUncached(res, 200, visible);
}
