export { relayCallback } from './callback/browser-ports.js';
export type { CallbackParameters } from './callback/callback-parameters.js';
export {
  openPopup,
  type PopupOptions,
  type PopupPorts,
  type PopupSize,
  type PopupWindow,
  popupCallback,
} from './callback/popup.js';
export type { CallbackPorts, WindowMessage } from './callback/relayed-callback.js';
export type { StringStorage } from './callback/string-storage.js';
export { AuthError, type AuthErrorCode, type AuthErrorDetails } from './errors.js';
export { Bearer } from './http/bearer.js';
export type { BearerActivity } from './http/bearer-activity.js';
export type { AuthorizeOptions, BearerOptions, Parking } from './http/bearer-options.js';
export { ParkedRequests, type ParkedRequestsOptions, type RequestToPark } from './http/parked-requests.js';
export { type ProtectedUrls, protectedUrls } from './http/protected-urls.js';
export { type RequestAuthOptions, withAuthOptions } from './http/request-auth-options.js';
export { StepUpError, stepUp, stepUpError } from './http/step-up.js';
export { AppSession, type AppSessionChange, type AppSessionOptions, appSessionKinds } from './login/app-session.js';
export type { AuthorizationResponse, AuthorizationServer, SecretPorts } from './login/authorization-request.js';
export { providerLoginPorts, providerRedirectPorts } from './login/browser-ports.js';
export {
  type Credentials,
  type CredentialsLoginOptions,
  type CredentialsLoginPorts,
  credentialsLogin,
  sendCredentials,
} from './login/credentials-login.js';
export {
  oauth1Login,
  type Provider,
  type ProviderLoginPorts,
  providerLogin,
  providerLogout,
} from './login/provider-login.js';
export type { ProviderRequest } from './login/provider-parameters.js';
export {
  type PendingLogin,
  type ProviderCallback,
  ProviderRedirect,
  type ProviderRedirectPorts,
} from './login/provider-redirect.js';
export { isOtherUser, type RedirectCause, redirectCause } from './login/redirect-cause.js';
export { returnTo } from './login/return-to.js';
export { isAllowed, type RouteAccess, rolesOf } from './login/route-access.js';
export {
  type CallbackOutcome,
  completeCallback,
  type ReturnAddress,
  type SessionProvider,
} from './login/session-provider.js';
export { type BrowserPortsOptions, browserPorts, idleTimeoutPorts } from './session/browser-ports.js';
export type { OptionKind, OptionKinds } from './session/check-options.js';
export type { Diagnosis, Transition } from './session/diagnosis.js';
export { IdleTimeout, type IdleTimeoutOptions, type IdleTimeoutPorts } from './session/idle-timeout.js';
export type { ProofOfPossession } from './session/proof-of-possession.js';
export {
  type PublicSessionChange,
  type PublicSessionEvent,
  type PublicSessionState,
  publicChange,
  publicState,
} from './session/public-state.js';
export type { RefreshGrantOptions } from './session/refresh-grant.js';
export { classifyRefreshResponse, type RefreshResponse } from './session/refresh-response.js';
export { freshUntil } from './session/refresh-schedule.js';
export type { RefreshClassification, Renewal, RenewalOutcome } from './session/renewal.js';
export type { RevocationOptions } from './session/revoke-token.js';
export { Session } from './session/session.js';
export type { SessionOptions } from './session/session-options.js';
export type { SessionPorts } from './session/session-ports.js';
export type { SessionRecord } from './session/session-record.js';
export {
  type EndedSession,
  type EndReason,
  type EndReasonTraits,
  endReasons,
  isLoggedIn,
  isSameUser,
  type LiveSession,
  type LoggedIn,
  type Postponement,
  type RefreshFailure,
  type SessionChange,
  type SessionEvent,
  type SessionState,
  type SessionVersion,
} from './session/session-state.js';
export { type AtomicStore, memoryAtomicStore } from './session/shared-record.js';
export type { TokenRequestOptions, TokenRequestParameters } from './session/token-request.js';
export { type TokenResponse, type TokenResponseReader, tokenResponse } from './session/token-response.js';
export { hasExpired, type JwtClaims, jwtClaims, subjectOf, type TokenSet } from './session/token-set.js';
export { memoryStore, type TokenStore } from './session/token-store.js';
export type { FreshTokenOptions } from './session/token-wait.js';
export { unknownOption } from './session/unknown-option.js';
