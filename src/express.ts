export type {
  AccessTokenAlgorithm,
  AccessTokenClaims,
  AccessTokenVerifier,
  SigningKey,
} from './express/access-token.js';
export type { AccessTokenVerifierOptions, VerificationKeys } from './express/access-token-verifier.js';
export { accessTokenVerifier } from './express/access-token-verifier.js';
export type { RefusalReason, RequestContext, TokenEvent, TokenEventListener } from './express/audit.js';
export { requestContext } from './express/audit.js';
export type { RequireTokenOptions } from './express/bearer-guard.js';
export { requireScopes, requireToken, tokenClaims } from './express/bearer-guard.js';
export { logout } from './express/logout.js';
export type { OAuthErrorCode } from './express/oauth-error.js';
export { OAuthError, oauthErrorHandler } from './express/oauth-error.js';
export type { OwnPagesOptions } from './express/own-pages.js';
export { requireOwnPages } from './express/own-pages.js';
export type { RefreshCookie, RefreshCookieOptions } from './express/refresh-cookie.js';
export { refreshCookie } from './express/refresh-cookie.js';
export type { RefreshLimits, RefreshLimitsOptions } from './express/refresh-limits.js';
export { refreshLimits } from './express/refresh-limits.js';
export type { RefreshTokenMiddlewareOptions } from './express/refresh-token.js';
export { refreshToken } from './express/refresh-token.js';
export type { Presentation, RefreshFamily, RevocationReason, Rotation } from './express/rotation.js';
export { rotation } from './express/rotation.js';
export { sendTokens } from './express/send-tokens.js';
export type { StoreContractCase, StoreUnderTest } from './express/store/contract.js';
export { storeContract } from './express/store/contract.js';
export type { MemoryStore, MemoryStoreOptions } from './express/store/memory.js';
export { memoryStore } from './express/store/memory.js';
export type { RedisCommands, RedisStoreOptions } from './express/store/redis.js';
export { redisStore } from './express/store/redis.js';
export type { CreatedFamily, FoundFamily, NewFamily, RefreshTokenStore } from './express/store/refresh-token-store.js';
export type {
  AdditionalClaims,
  Grant,
  RefreshRequest,
  RefreshTokenOptions,
  RevocationRequest,
  Session,
  TokenIssuer,
  TokenIssuerOptions,
  TokenResponse,
} from './express/token-issuer.js';
export { tokenIssuer } from './express/token-issuer.js';
export type { AuthenticatedUser, Client, ClientGrant, TokenServerOptions } from './express/token-server.js';
export { tokenServer } from './express/token-server.js';
export type { RefreshedTokens, WebSessionOptions, WebTokens } from './express/web-session.js';
export { sendWebSession, webSession, webTokens } from './express/web-session.js';
