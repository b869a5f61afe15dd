import type { Request } from 'express';
import { OAuthError } from '../server/oauth-error.js';

/**
 * Returns a parameter of the parsed body. Returns `undefined` if it is missing or empty. Inherited properties are ignored.
 *
 * @throws {OAuthError} `invalid_request` if it is not a string, or is repeated (body parsers return an array then)
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function bodyParameter(req: Request, name: string): string | undefined {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} must be a string.`);
}

/** Returns a required parameter of the parsed body. @throws {OAuthError} `invalid_request` if it is missing or not a string */
export function requiredParameter(req: Request, name: string): string {
  const value = bodyParameter(req, name);
  if (value !== undefined) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
}
