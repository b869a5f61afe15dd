import type { Request } from 'express';
import type { RevocationReason } from './rotation.js';

/** Where a request came from, for the audit only. */
export interface RequestContext {
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** The address is the one Express reports: it believes `X-Forwarded-For` only under the app's `trust proxy` setting. */
export function requestContext(req: Request): RequestContext {
  return { ip: req.ip, userAgent: req.get('user-agent') };
}

/** Why a refresh was refused. The client is told `invalid_grant` for each of them. */
export type RefusalReason =
  | 'not_a_refresh_token'
  | 'unknown'
  | 'unissued'
  | 'expired'
  | 'revoked'
  | 'reuse_detected'
  | 'wrong_client'
  | 'account_refused';

/** Which login an event is about. */
export interface SessionReference {
  readonly sessionId: string;
  readonly sub: string;
  readonly clientId?: string | undefined;
}

/** What happened to tokens. No event holds a token. */
export type TokenEvent =
  | (SessionReference & RequestContext & { readonly type: 'issued' })
  | (SessionReference &
      RequestContext & {
        readonly type: 'rotated' | 'grace_used' | 'fast_forwarded';
        /** The generation that was presented. */
        readonly presentedGeneration: number;
        readonly generation: number;
      })
  | (SessionReference &
      RequestContext & {
        /** A refresh token that was traded in before came again: it was copied. The session has ended. */
        readonly type: 'reuse_detected';
        readonly presentedGeneration: number;
        readonly generation: number;
      })
  | (Partial<SessionReference> & RequestContext & { readonly type: 'refused'; readonly reason: RefusalReason })
  | (SessionReference & RequestContext & { readonly type: 'revoked'; readonly reason: RevocationReason })
  | (RequestContext & { readonly type: 'limited'; readonly sessionId?: string | undefined })
  /** The store, or the application's `claims`, failed: the client was told to try again. */
  | (Partial<SessionReference> &
      RequestContext & { readonly type: 'store_error' | 'claims_error'; readonly cause: unknown })
  /**
   * Something else the server depends on failed: `authenticate`, `clients`, `isRevoked`, `refresh`, fetching public keys. The
   * client was told to try again, or could do without. `cause` is a copy of what was thrown, without what the request brought
   * in confidence, and without the requests that clients of HTTP attach to their errors.
   */
  | (RequestContext & { readonly type: 'fault'; readonly cause: unknown });

/** Told of what happened. What it throws or rejects with becomes a process warning and breaks no request. */
export type TokenEventListener = (event: TokenEvent) => unknown;

/** Tells the listener. What it throws, or rejects with, becomes a process warning and breaks no request. */
export function audit(listener: TokenEventListener | undefined): (event: TokenEvent) => void {
  if (listener === undefined) return () => undefined;
  const warn = (error: unknown): void =>
    process.emitWarning(
      `The listener for token events failed: ${error instanceof Error ? error.message : typeof error}`,
    );
  return event => {
    try {
      Promise.resolve(listener(event)).catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}
