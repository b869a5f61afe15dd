export type {
  AccessTokenClaims,
  AccessTokenVerifier,
  SigningKey,
} from './server/access-token.js';
export type { AccessTokenVerifierOptions } from './server/access-token-verifier.js';
export { accessTokenVerifier } from './server/access-token-verifier.js';
export type { DpopOptions, DpopReplays } from './server/dpop-proof.js';
export type { IssueRequest } from './server/issue-tokens.js';
export type { IssuedTokens } from './server/issued-tokens.js';
export type { OAuthErrorCode } from './server/oauth-error.js';
export { OAuthError } from './server/oauth-error.js';
export type { RefreshRequest, RevocationRequest } from './server/refresh-session.js';
export { bodyParameter, refreshRequest, requiredParameter } from './server/request-parameters.js';
export type { Rotation, RotationRequest } from './server/rotation.js';
export { rotation } from './server/rotation.js';
export type { SessionOperations } from './server/session-operations.js';
export type { RevocationReason, SessionRecord } from './server/session-record.js';
export type { StoreContractCase, StoreUnderTest } from './server/store/contract/case.js';
export { storeContract } from './server/store/contract/store-contract.js';
export type { MemoryStore, MemoryStoreOptions } from './server/store/memory.js';
export { memoryStore } from './server/store/memory.js';
export type { PostgresStoreOptions } from './server/store/postgres.js';
export { postgresStore } from './server/store/postgres.js';
export { migratePostgres } from './server/store/postgres-migration.js';
export type { PostgresConnection, PostgresPool, PostgresQueries } from './server/store/postgres-pool.js';
export { postgresSchema } from './server/store/postgres-schema.js';
export type { RedisStoreOptions } from './server/store/redis.js';
export { redisStore } from './server/store/redis.js';
export type { RedisCommands } from './server/store/redis-commands.js';
export type {
  CreatedSession,
  FoundSession,
  NewSession,
  RevokeAllRequest,
  SessionPage,
  SessionPageRequest,
  SessionStore,
} from './server/store/session-store.js';
export type { SqliteStoreOptions } from './server/store/sqlite.js';
export { sqliteStore } from './server/store/sqlite.js';
export type { SqliteDatabase, SqliteStatement } from './server/store/sqlite-database.js';
export { sqliteSchema } from './server/store/sqlite-schema.js';
export type {
  CompletedOperation,
  InvalidGrantReason,
  RequestContext,
  TokenEvent,
  TokenEventListener,
} from './server/token-event.js';
export type { GuardedRequest, RequestHeaders, TokenGuard, TokenRequirements } from './server/token-guard.js';
export { tokenGuard } from './server/token-guard.js';
export type { TokenIssuer } from './server/token-issuer.js';
export { tokenIssuer } from './server/token-issuer.js';
export type { AdditionalClaims, SessionLifetimes, TokenIssuerOptions } from './server/token-issuer-options.js';
export type { AccessTokenType } from './server/token-kind.js';
export type { UserSession, UserSessionPage } from './server/user-session.js';
export type { VerificationKeys } from './server/verification-keys.js';
export type { VerificationAlgorithm } from './server/verify-signature.js';
