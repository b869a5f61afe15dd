import { accessToken, type IssuedTokens, issuedTokens } from './issued-tokens.js';
import { additionalClaims, emitRevoked, type IssuerContext, sessionReference, stored } from './issuer-context.js';
import { checkOptions } from './option-check.js';
import { newSessionId } from './session-id.js';
import { initialRecord } from './store/initial-record.js';
import type { NewSession } from './store/session-store.js';
import type { RequestContext } from './token-event.js';

/** The user who logged in, and what the login grants. */
export interface IssueRequest {
  /** The user's identifier: the `sub` of the access tokens. */
  readonly sub: string;
  /** Space-separated. A refresh may request less, never more. */
  readonly scope?: string;
  /** Binds the session to a client. Only a refresh that names the same client succeeds. */
  readonly clientId?: string;
  /** Seconds since the user authenticated. @default 0 */
  readonly authenticationAgeSeconds?: number;
  /**
   * How the user authenticated: the authentication context class reference, for `requireToken({ acr })`.
   * @see https://www.rfc-editor.org/rfc/rfc9470#section-6
   */
  readonly acr?: string;
  /** Details for a list of sessions: `{ device: 'Firefox on Linux' }`. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** Starts a session. Calls `claims` first, so that a rejected login does not end another session. */
export async function issueTokens(
  context: IssuerContext,
  request: IssueRequest,
  requestContext: RequestContext,
): Promise<IssuedTokens> {
  const { clock, emit } = context;
  const login = newSession(context, request, requestContext);
  const additional = await additionalClaims(context, initialRecord(login, clock()), requestContext);
  const { record, evicted } = await stored(context, requestContext, 'create', store => store.create(login));
  for (const ended of evicted) emitRevoked(context, ended, 'too_many_sessions', requestContext);
  const access = await accessToken(context, record, record.scope, additional);
  emit({ type: 'issued', ...sessionReference(record), ...requestContext });
  return issuedTokens(context, access, record, record.scope, record.createdAt);
}

function newSession({ limits }: IssuerContext, request: IssueRequest, { ip }: RequestContext): NewSession {
  checkOptions('issue', request, {
    sub: 'text!',
    scope: 'any text',
    clientId: 'text',
    authenticationAgeSeconds: 'duration',
    acr: 'text',
    meta: 'text record',
  });
  const { sub, clientId, scope = '', authenticationAgeSeconds = 0, acr, meta = {} } = request;
  return {
    id: newSessionId(sub),
    sub,
    ...(clientId === undefined ? {} : { clientId }),
    scope,
    authenticationAgeSeconds,
    ...(acr === undefined ? {} : { acr }),
    idleLifetimeSeconds: limits.idleLifetimeSeconds,
    absoluteLifetimeSeconds: limits.absoluteLifetimeSeconds,
    maxSessionsPerUser: limits.maxSessionsPerUser,
    ...(ip === undefined ? {} : { lastAddress: ip }),
    meta,
  };
}
