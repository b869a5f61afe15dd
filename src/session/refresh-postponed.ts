import { AuthError, type AuthErrorDetails } from '../errors.js';

/** Creates the error of a refresh that will be retried. The session is kept. */
export function refreshPostponed(message: string, details: AuthErrorDetails = {}): AuthError {
  return new AuthError('refresh_postponed', message, { ...details, retryable: true });
}

/** Returns the error of a refresh with the instant of the next attempt. */
export function withRetryAt(error: AuthError, retryAt: number): AuthError {
  return new AuthError(error.code, error.message, { ...error, retryAt });
}
