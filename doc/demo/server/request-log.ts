import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { decodeJwt } from 'jose';

/** One request to the API or to the token endpoint, as it arrived. */
export interface LoggedRequest {
  /** Counts up from 1. */
  readonly id: number;
  /** Epoch ms of its arrival. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly isRefresh: boolean;
  /** 0 if the client did not wait for the response. */
  readonly status: number;
  /** What the access token said, read and not verified; absent when there was none. Instants are epoch seconds. */
  readonly token?: { readonly issuedAt: number; readonly expiresAt: number; readonly id: string };
  /** A refresh may well carry an expired access token; a request to the API should not. */
  readonly wasExpired: boolean;
  /** SHA-256 of the body as it came over the wire, in hex; absent when there was none. */
  readonly bodySha256?: string;
}

export interface RequestLog {
  /** Oldest first. */
  readonly entries: readonly LoggedRequest[];
  /** Records every request once its response was sent or it was aborted. */
  readonly record: RequestHandler;
  /** The `verify` of Express's body parsers: sees the body's bytes, also of a request that is refused later. */
  hashBody(req: IncomingMessage, res: unknown, body: Buffer): void;
}

const keptEntries = 5000;

export function requestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  const bodies = new WeakMap<IncomingMessage, string>();
  let count = 0;
  return {
    entries,
    hashBody: (req, _res, body) => bodies.set(req, createHash('sha256').update(body).digest('hex')),
    record(req, res, next) {
      const at = Date.now();
      const { method } = req;
      const path = req.baseUrl + req.path;
      const token = tokenOf(req.get('authorization'));
      res.once('close', () => {
        count += 1;
        const bodySha256 = bodies.get(req);
        entries.push({
          id: count,
          at,
          method,
          path,
          isRefresh: req.body?.grant_type === 'refresh_token',
          status: res.writableFinished ? res.statusCode : 0,
          ...(token && { token }),
          wasExpired: token !== undefined && token.expiresAt * 1000 <= at,
          ...(bodySha256 && { bodySha256 }),
        });
        if (entries.length > keptEntries) entries.shift();
      });
      next();
    },
  };
}

function tokenOf(authorization: string | undefined): LoggedRequest['token'] {
  try {
    const { iat = 0, exp = 0, jti = '' } = decodeJwt(authorization?.replace(/^Bearer /i, '') ?? '');
    return { issuedAt: iat, expiresAt: exp, id: jti };
  } catch {
    return undefined;
  }
}
