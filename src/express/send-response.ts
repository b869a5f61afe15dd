import type { Response } from 'express';
import type { OAuthError } from '../server/oauth-error.js';

/**
 * Sends JSON that caches must not store. Does not use `res.json()`, which would compute an ETag.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function sendUncached(res: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  res.writeHead(status, headers).end(text);
}

/** Sends the response that an error describes. */
export function sendOAuthError(res: Response, error: OAuthError): void {
  if (res.headersSent) return;
  res.set(error.headers);
  sendUncached(res, error.status, { error: error.code, error_description: error.message });
}
