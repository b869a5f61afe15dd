import { OAuthError } from './oauth-error.js';
import type { RefreshRequest } from './refresh-session.js';

/**
 * Returns a parameter of a parsed body: an object of a JSON or form parser, `URLSearchParams` or `FormData`. Returns `undefined` if it is
 * missing or empty. Inherited properties are ignored.
 *
 * @throws {OAuthError} `invalid_request` if it is not a string, or is repeated
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function bodyParameter(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = 'getAll' in body && typeof body.getAll === 'function' ? single(body.getAll(name)) : own(body, name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} must be a string.`);
}

/** Returns a required parameter of a parsed body. @throws {OAuthError} `invalid_request` if it is missing or not a string */
export function requiredParameter(body: unknown, name: string): string {
  const value = bodyParameter(body, name);
  if (value !== undefined) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
}

/**
 * Reads a refresh request. Returns `undefined` if the body is not one, so that the route can handle other requests.
 *
 * @example
 * ```ts
 * const refresh = refreshRequest(body);
 * const issued = refresh ? await tokens.refresh(refresh) : await tokens.issue({ sub: await login(body) });
 * ```
 * @throws {OAuthError} `invalid_request` if a parameter is missing, repeated or not a string
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function refreshRequest(body: unknown): RefreshRequest | undefined {
  if (bodyParameter(body, 'grant_type') !== 'refresh_token') return undefined;
  return {
    refreshToken: requiredParameter(body, 'refresh_token'),
    clientId: bodyParameter(body, 'client_id'),
    scope: bodyParameter(body, 'scope'),
  };
}

function own(body: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(body, name)?.value;
}

function single(values: unknown): unknown {
  return Array.isArray(values) && values.length < 2 ? values[0] : values;
}
