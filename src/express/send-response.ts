import { validateHeaderName } from 'node:http';
import type { Response } from 'express';
import { OAuthError } from '../server/oauth-error.js';

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

/** Sends the response that an error describes. Replaces characters that headers must not contain. */
export function sendOAuthError(res: Response, error: OAuthError, status: number = error.status): void {
  if (res.headersSent) return;
  for (const [name, value] of Object.entries(error.headers)) {
    if (isHeaderName(name)) res.setHeader(name, String(value).replace(/[^\t\x20-\x7e\x80-\xff]/gu, '?'));
  }
  sendUncached(res, status, error);
}

/** The error for a body that the parser rejected: malformed, too long, or in an unknown charset. `undefined` for other errors. */
export function unreadableBody(error: unknown): { error: OAuthError; status: number } | undefined {
  const { type, code, status }: { type?: unknown; code?: unknown; status?: unknown } = Object(error);
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  // Errors of zlib have a code instead of a type.
  if (typeof type !== 'string' && !String(code).startsWith('Z_')) return undefined;
  return {
    error: new OAuthError('invalid_request', 'The body of the request cannot be read.', { cause: error }),
    status,
  };
}

function isHeaderName(name: string): boolean {
  try {
    validateHeaderName(name);
    return true;
  } catch {
    return false;
  }
}
