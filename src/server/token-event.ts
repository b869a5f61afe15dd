import { OAuthError, type OAuthErrorCode } from './oauth-error.js';
import type { RevocationReason } from './session-record.js';
import type { SessionStore } from './store/session-store.js';

/** Where a request came from. Copied into events. */
export interface RequestContext {
  /** The client's IP address. */
  readonly ip?: string | undefined;
  /** The `User-Agent` header. */
  readonly userAgent?: string | undefined;
}

/** Why a refresh token was rejected. The client always receives `invalid_grant`, without the reason. */
export type InvalidGrantReason =
  | 'not_a_refresh_token'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'reuse_detected'
  | 'wrong_client'
  | 'account_rejected';

/** The session an event is about. */
export interface SessionReference {
  readonly sessionId: string;
  readonly sub: string;
  readonly clientId?: string | undefined;
}

/** The generation of a presented refresh token, and the generation that is current afterwards. */
interface PresentedGeneration {
  readonly presentedGeneration: number;
  readonly generation: number;
}

/** Something that happened to a session or a token. Events never contain tokens. */
export type TokenEvent =
  | (SessionReference & RequestContext & { readonly type: 'issued' })
  /** `repeated`: the response with the successor was lost, and the successor was issued a second time. `fast_forwarded`: the store had lost a rotation. */
  | (SessionReference &
      RequestContext &
      PresentedGeneration & { readonly type: 'rotated' | 'repeated' | 'fast_forwarded' })
  /** A refresh token was used twice, so a copy of it exists. The session has ended. */
  | (SessionReference & RequestContext & PresentedGeneration & { readonly type: 'reuse_detected' })
  | (Partial<SessionReference> & RequestContext & { readonly type: 'rejected'; readonly reason: InvalidGrantReason })
  | (SessionReference & RequestContext & { readonly type: 'revoked'; readonly reason: RevocationReason })
  | (RequestContext & { readonly type: 'rate_limited'; readonly sessionId?: string | undefined })
  /** The store or the application's `claims` failed. The response was `503`. */
  | (Partial<SessionReference> &
      RequestContext & { readonly type: 'store_error' | 'claims_error'; readonly cause: unknown })
  /**
   * Another dependency failed: `authenticate`, `clients`, `isRevoked`, `refresh`, or the request for public keys. The response
   * was `503`, or the server continued without the dependency. `cause` is a copy of the error. The copy omits request objects and
   * the secrets that the request contained.
   */
  | (RequestContext & { readonly type: 'error'; readonly cause: unknown })
  /** An operation was completed. For metrics: emitted in addition to the other events. */
  | CompletedOperation;

/** An operation with its outcome and its duration. */
export interface CompletedOperation {
  readonly type: 'completed';
  /** `issue`, `refresh` and `revoke` contain the time of `claims` and of the store. */
  readonly operation:
    | 'issue'
    | 'refresh'
    | 'revoke'
    | 'claims'
    | 'authorize'
    | 'web_session'
    | `store.${keyof SessionStore}`;
  /** `ok`, the code of an {@link OAuthError}, or `error`. */
  readonly outcome: 'ok' | 'error' | OAuthErrorCode;
  readonly durationMs: number;
}

/** Receives token events. If it throws or rejects, the process emits a warning and the request continues. */
export type TokenEventListener = (event: TokenEvent) => unknown;

/** Returns a function that calls the listener. Errors of the listener become process warnings. */
export function eventEmitter(listener: TokenEventListener | undefined): (event: TokenEvent) => void {
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

/** Awaits an operation and emits its outcome and duration. Measures nothing if there is no listener. */
export async function timed<T>(
  emit: ((event: TokenEvent) => void) | undefined,
  operation: CompletedOperation['operation'],
  work: () => Promise<T>,
): Promise<T> {
  if (emit === undefined) return work();
  const startedAt = performance.now();
  const completed = (outcome: CompletedOperation['outcome']): void =>
    emit({ type: 'completed', operation, outcome, durationMs: performance.now() - startedAt });
  try {
    const result = await work();
    completed('ok');
    return result;
  } catch (error) {
    completed(error instanceof OAuthError ? error.code : 'error');
    throw error;
  }
}
