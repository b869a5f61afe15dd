import type { AccessTokenClaims } from './access-token.js';
import { emitRevoked, endSession, type IssuerContext, stored } from './issuer-context.js';
import { checkOptions } from './option-check.js';
import type { SessionPageRequest } from './store/session-store.js';
import { type UserSession, type UserSessionPage, userSession } from './user-session.js';

/** Lists, finds and ends sessions without a refresh token. */
export interface SessionOperations {
  /** Ends one session. @returns whether it was live */
  revokeSession(id: string): Promise<boolean>;
  /** Ends the user's sessions, for example after a change of password. `except` keeps one. @returns how many ended */
  revokeAllForUser(sub: string, options?: { readonly except?: string }): Promise<number>;
  /** Returns the user's live sessions, oldest first. */
  sessions(sub: string): Promise<readonly UserSession[]>;
  /** Returns a page of the live sessions of all users. A session can be on two pages. */
  listSessions(request: SessionPageRequest): Promise<UserSessionPage>;
  /** Resolves if the store can read and write. @throws {OAuthError} `temporarily_unavailable` */
  checkHealth(): Promise<void>;
  /** Returns whether the session of an access token has ended. Reads the store once. */
  isRevoked(claims: AccessTokenClaims): Promise<boolean>;
}

/** Returns the operations of a token issuer on its store. */
export function sessionOperations(context: IssuerContext): SessionOperations {
  const { absoluteLifetimeSeconds } = context.limits;
  return {
    async revokeSession(id) {
      checkOptions('revokeSession', { id }, { id: 'text!' });
      return endSession(context, id, 'logged_out');
    },

    async revokeAllForUser(sub, options = {}) {
      checkOptions('revokeAllForUser', { sub }, { sub: 'text!' });
      checkOptions('revokeAllForUser', options, { except: 'text' });
      const { except } = options;
      const request = { reason: 'all_sessions_revoked', except, absoluteLifetimeSeconds } as const;
      const ended = await stored(context, {}, 'revokeAll', store => store.revokeAll(sub, request));
      for (const record of ended) emitRevoked(context, record, 'all_sessions_revoked');
      return ended.length;
    },

    async sessions(sub) {
      checkOptions('sessions', { sub }, { sub: 'text!' });
      return (await stored(context, {}, 'sessions', store => store.sessions(sub))).map(userSession);
    },

    async listSessions(request) {
      checkOptions('listSessions', request, { cursor: 'any text', limit: 'positive!' });
      const { records, next } = await stored(context, {}, 'list', store => store.list(request));
      return { sessions: records.map(userSession), ...(next === undefined ? {} : { next }) };
    },

    checkHealth: () => stored(context, {}, 'check', store => store.check()),

    async isRevoked({ sid }) {
      if (sid === undefined) return false;
      if (typeof sid !== 'string') return true;
      const found = await stored(context, {}, 'find', store => store.find(sid));
      return found === undefined || found.record.revoked !== undefined;
    },
  };
}
