import type { AccessTokenKey } from './access-token.js';
import { OAuthError, unavailable } from './oauth-error.js';
import type { RefreshTokenCodec } from './refresh-token-codec.js';
import type { RevocationReason, SessionRecord } from './session-record.js';
import type { SessionStore } from './store/session-store.js';
import {
  type InvalidGrantReason,
  type RequestContext,
  type SessionReference,
  type TokenEvent,
  timed,
} from './token-event.js';
import type { AdditionalClaims, IssuerLimits, TokenIssuerOptions } from './token-issuer-options.js';
import { userSession } from './user-session.js';

/** What the operations of a token issuer share. */
export interface IssuerContext {
  readonly options: TokenIssuerOptions;
  readonly limits: IssuerLimits;
  readonly codec: RefreshTokenCodec;
  /** The key that signs access tokens. */
  readonly signingKey: AccessTokenKey;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly emit: (event: TokenEvent) => void;
  /** Receives completed operations. Unset if there is no listener. */
  readonly measure: ((event: TokenEvent) => void) | undefined;
}

/** Operations of a store that can return nothing. */
const optionalResults: ReadonlySet<keyof SessionStore> = new Set(['find', 'revoke', 'check'] as const);

/**
 * Awaits an operation of the store. `null` means `undefined`.
 *
 * @throws {OAuthError} `temporarily_unavailable` if the operation fails, or returns nothing where it must not
 */
export async function stored<T>(
  { options, emit, measure }: IssuerContext,
  request: RequestContext,
  method: keyof SessionStore,
  operation: (store: SessionStore) => Promise<T>,
): Promise<T> {
  try {
    return await timed(measure, `store.${method}`, async () => {
      const result = (await operation(options.store)) ?? undefined;
      if (result === undefined && !optionalResults.has(method)) throw new TypeError(`${method} returned nothing.`);
      return result as T;
    });
  } catch (cause) {
    emit({ type: 'store_error', cause, ...request });
    throw unavailable(cause);
  }
}

/** Emits a `rejected` event and returns the error to throw. */
export function rejected(
  { emit }: IssuerContext,
  reason: InvalidGrantReason,
  request: RequestContext,
  record?: SessionRecord,
): OAuthError {
  emit({ type: 'rejected', reason, ...(record && sessionReference(record)), ...request });
  return new OAuthError('invalid_grant', 'The refresh token is not valid. Log in again.');
}

/** Emits a `revoked` event. */
export function emitRevoked(
  { emit }: IssuerContext,
  record: SessionRecord,
  reason: RevocationReason,
  request: RequestContext = {},
): void {
  emit({ type: 'revoked', reason, ...sessionReference(record), ...request });
}

/** Ends a session. @returns whether it was live */
export async function endSession(
  context: IssuerContext,
  id: string,
  reason: RevocationReason,
  request: RequestContext = {},
): Promise<boolean> {
  const ended = await stored(context, request, 'revoke', store => store.revoke(id, reason));
  if (ended !== undefined) emitRevoked(context, ended, reason, request);
  return ended !== undefined;
}

/**
 * Calls the application's `claims`. If it returns `false`, ends the session.
 *
 * @throws {OAuthError} `invalid_grant` if the account is rejected, or `temporarily_unavailable` if `claims` throws or returns anything else
 */
export async function additionalClaims(
  context: IssuerContext,
  record: SessionRecord,
  request: RequestContext,
): Promise<AdditionalClaims> {
  const { claims } = context.options;
  if (claims === undefined) return {};
  let additional: AdditionalClaims | false;
  try {
    additional = await timed(context.measure, 'claims', async () => claims(userSession(record)));
    if (additional !== false && !isObject(additional)) throw new TypeError('claims must return an object or false.');
    // Claims that cannot be serialised fail here, before anything has changed.
    JSON.stringify(additional);
  } catch (cause) {
    context.emit({ type: 'claims_error', cause, ...request });
    throw unavailable(cause);
  }
  if (additional !== false) return additional;
  await endSession(context, record.id, 'account_rejected', request);
  throw rejected(context, 'account_rejected', request, record);
}

/** An `Error`, a `Map` and other built-in objects are mistakes, not claims. */
function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** The fields that identify a session in an event. */
export function sessionReference(record: SessionRecord): SessionReference {
  return { sessionId: record.id, sub: record.sub, clientId: record.clientId };
}
