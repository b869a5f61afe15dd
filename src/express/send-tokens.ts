import type { Response } from 'express';
import type { IssuedTokens } from '../server/issued-tokens.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { sendUncached } from './send-response.js';

/** Sends a token response that caches do not store. With `cookie`, the refresh token is set as a cookie and omitted from the body. */
export function sendTokens(res: Response, tokens: IssuedTokens, cookie?: RefreshCookie): void {
  if (cookie === undefined) {
    sendUncached(res, 200, tokens);
    return;
  }
  const { refresh_token, ...visible } = tokens;
  cookie.write(res, refresh_token, tokens.refresh_expires_in);
  sendUncached(res, 200, visible);
}
