export type {
  AccessTokenAlgorithm,
  AccessTokenClaims,
  AccessTokenVerifier,
  SigningKey,
} from './express/access-token.js';
export type { RefusalReason, RequestContext, TokenEvent, TokenEventListener } from './express/audit.js';
export { requestContext } from './express/audit.js';
export type { RequireTokenOptions } from './express/bearer-guard.js';
export { requireScopes, requireToken, tokenClaims } from './express/bearer-guard.js';
export type { OAuthErrorCode } from './express/oauth-error.js';
export { OAuthError, oauthErrorHandler } from './express/oauth-error.js';
export { refreshToken } from './express/refresh-token.js';
export type { Presentation, RefreshFamily, RevocationReason, Rotation } from './express/rotation.js';
export { rotation } from './express/rotation.js';
export type { MemoryStore, MemoryStoreOptions } from './express/store/memory.js';
export { memoryStore } from './express/store/memory.js';
export type { CreatedFamily, NewFamily, RefreshTokenStore } from './express/store/refresh-token-store.js';
export type {
  AdditionalClaims,
  Grant,
  RefreshRequest,
  RefreshTokenOptions,
  Session,
  TokenIssuer,
  TokenIssuerOptions,
  TokenResponse,
} from './express/token-issuer.js';
export { tokenIssuer } from './express/token-issuer.js';
