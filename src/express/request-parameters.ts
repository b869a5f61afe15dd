import type { Request } from 'express';
import { OAuthError } from './oauth-error.js';

/**
 * A parameter of the parsed body, own properties only. `undefined` when it is absent or empty.
 *
 * @throws {OAuthError} `invalid_request` when it is not a string, or comes twice (which parsers make an array)
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

/** @throws {OAuthError} `invalid_request` when it is absent, too */
export function requiredParameter(req: Request, name: string): string {
  const value = bodyParameter(req, name);
  if (value !== undefined) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
}
