export type { AuthConfig, AuthSettings } from './aurelia/auth-config.js';
export type { AuthProvider } from './aurelia/auth-provider.js';
export { AuthenticateStep } from './aurelia/authenticate-step.js';
export { BaseConfig } from './aurelia/base-config.js';
export { PagePorts } from './aurelia/browser-ports.js';
export { Endpoints } from './aurelia/endpoints.js';
export type { ClientToConfigure } from './aurelia/fetch-config.js';
export { logger } from './aurelia/logger.js';
export type { RedirectTarget } from './aurelia/options/redirect-options.js';
export type { RefreshRequest } from './aurelia/options/refresh-options.js';
export type { RequestFields } from './aurelia/options/request-fields.js';
export type { LogoutRequest } from './aurelia/options/server-options.js';
export { AuthService } from './aurelia/predecessor/auth-service.js';
export { Authentication, type TokenData } from './aurelia/predecessor/authentication.js';
export { AuthorizeStep } from './aurelia/predecessor/authorize-step.js';
export { FetchConfig } from './aurelia/predecessor/fetch-config.js';
export { AuthLock, OAuth1, OAuth2 } from './aurelia/predecessor/oauth.js';
export { configure } from './aurelia/predecessor/plugin.js';
export { Popup } from './aurelia/predecessor/popup.js';
export { Storage } from './aurelia/predecessor/storage.js';
export type { RedirectArgument } from './aurelia/redirects.js';
export type { Criteria, RequestOptions, ResponseBody, RestClient } from './aurelia/rest-client.js';
export type { SessionProviderFactory } from './aurelia/session-provider.js';
export type { Missable, TokenPayload } from './aurelia/token-types.js';
export type { Unchecked } from './aurelia/unchecked.js';
export {
  AuthenticatedFilterValueConverter,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
  type RouteLike,
} from './aurelia/value-converters.js';
export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorDetails,
  type BearerActivity,
  classifyRefreshResponse,
  type EndReason,
  type EndReasonTraits,
  endReasons,
  freshUntil,
  type JwtClaims,
  memoryStore,
  ParkedRequests,
  type ParkedRequestsOptions,
  type PublicSessionChange,
  type PublicSessionChange as AuthenticationState,
  type PublicSessionEvent,
  type PublicSessionState,
  type RefreshClassification,
  type RefreshResponse,
  type Session,
  type SessionChange,
  type SessionProvider,
  type SessionState,
  StepUpError,
  stepUpError,
  type TokenSet,
  type TokenStore,
} from './core.js';
