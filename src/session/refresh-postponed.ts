import { AuthError, type AuthErrorDetails } from '../errors.js';

/** Why there is no fresh access token yet: the session is kept, and the same call can go well later. */
export function refreshPostponed(message: string, details: AuthErrorDetails = {}): AuthError {
  return new AuthError('refresh_postponed', message, { ...details, retryable: true });
}
