import { accessToken, type IssuedTokens, issuedTokens } from './issued-tokens.js';
import {
  additionalClaims,
  emitRevoked,
  endSession,
  type IssuerContext,
  rejected,
  sessionReference,
  stored,
} from './issuer-context.js';
import { OAuthError } from './oauth-error.js';
import { checkOptions } from './option-check.js';
import type { Rotation } from './rotation.js';
import type { SessionRecord } from './session-record.js';
import type { RequestContext } from './token-event.js';

/** A refresh request. @see https://www.rfc-editor.org/rfc/rfc6749#section-6 */
export interface RefreshRequest {
  readonly refreshToken: string;
  /** Required if the login was bound to a client. */
  readonly clientId?: string | undefined;
  /** If unset, the scope that the login granted. */
  readonly scope?: string | undefined;
}

/** A revocation request. @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1 */
export interface RevocationRequest {
  readonly refreshToken: string;
  /** If unset, any client may revoke. */
  readonly clientId?: string | undefined;
}

/** Rotates a refresh token. The rotation comes after everything that can fail; only the response follows. */
export async function refreshSession(
  context: IssuerContext,
  request: RefreshRequest,
  requestContext: RequestContext,
): Promise<IssuedTokens> {
  checkOptions('refresh', request, { refreshToken: 'any!', clientId: 'any', scope: 'any' });
  const { limits, codec } = context;
  const presented = codec.decode(request.refreshToken);
  // Rejections take the same time for every reason: nothing is signed, and no error has a deeper stack.
  const found = await (presented && stored(context, requestContext, 'find', store => store.find(presented.sessionId)));
  if (presented === undefined) throw rejected(context, 'not_a_refresh_token', requestContext);
  if (found === undefined) throw rejected(context, 'unknown', requestContext);
  const { record, live } = found;
  if (!live) {
    throw rejected(context, record.revoked === undefined ? 'expired' : 'revoked', requestContext, record);
  }
  if (record.clientId !== undefined && record.clientId !== request.clientId) {
    throw rejected(context, 'wrong_client', requestContext, record);
  }
  const scope = narrowedScope(record.scope, request.scope);
  const access = await accessToken(context, record, scope, await additionalClaims(context, record, requestContext));

  const { generation } = presented;
  const { graceSeconds, idleLifetimeSeconds } = limits;
  const rotationRequest = { generation, graceSeconds, idleLifetimeSeconds, address: requestContext.ip };
  const result = await stored(context, requestContext, 'rotate', store => store.rotate(record.id, rotationRequest));
  const { record: current, at } = accepted(context, result, generation, requestContext);
  return issuedTokens(context, access, current, scope, at);
}

/** Emits the event for a rotation. @throws {OAuthError} `invalid_grant` if the token was not accepted */
function accepted(
  context: IssuerContext,
  result: Rotation,
  presentedGeneration: number,
  requestContext: RequestContext,
): { record: SessionRecord; at: number } {
  if (result.outcome === 'unknown') throw rejected(context, 'unknown', requestContext);
  const { outcome, record } = result;
  const { generation } = record;
  const event = { ...sessionReference(record), ...requestContext, presentedGeneration, generation };
  switch (outcome) {
    case 'rotated':
    case 'repeated':
    case 'fast_forwarded':
      context.emit({ type: outcome, ...event });
      return result;
    case 'reuse_detected':
      context.emit({ type: outcome, ...event });
      emitRevoked(context, record, outcome, requestContext);
      throw rejected(context, outcome, requestContext, record);
    default:
      throw rejected(context, outcome, requestContext, record);
  }
}

/** Ends the session of a refresh token of any generation. Ignores tokens of unknown sessions. */
export async function revokeRefreshToken(
  context: IssuerContext,
  request: RevocationRequest,
  requestContext: RequestContext,
): Promise<void> {
  checkOptions('revoke', request, { refreshToken: 'any!', clientId: 'any' });
  const { refreshToken, clientId } = request;
  const presented = context.codec.decode(refreshToken);
  if (presented === undefined) return;
  const found = await stored(context, requestContext, 'find', store => store.find(presented.sessionId));
  if (found === undefined) return;
  const { record } = found;
  if (clientId !== undefined && record.clientId !== clientId) {
    throw rejected(context, 'wrong_client', requestContext, record);
  }
  await endSession(context, record.id, 'logged_out', requestContext);
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-6 */
function narrowedScope(granted: string, requested: string | undefined): string {
  if (requested === undefined) return granted;
  const allowed = new Set(granted.split(' '));
  const wanted = requested.split(' ').filter(scope => scope !== '');
  if (wanted.every(scope => allowed.has(scope))) return wanted.join(' ');
  throw new OAuthError('invalid_scope', 'The requested scope exceeds the scope that the login granted.');
}
