export { AuthConfiguration, AuthGuard } from './aurelia2/auth-configuration.js';
export {
  type AuthClaims,
  type AuthOptions,
  IAuthOptions,
} from './aurelia2/auth-options.js';
export {
  AuthenticatedCustomAttribute,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
} from './aurelia2/auth-resources.js';
export { AuthService, IAuthService } from './aurelia2/auth-service.js';
export {
  AuthError,
  type AuthErrorCode,
  type Credentials,
  type CredentialsLoginOptions,
  type PublicSessionChange,
  type PublicSessionEvent,
  type PublicSessionState,
  type RouteAccess,
  withAuthOptions,
} from './core.js';
