import { attempt } from './attempt.js';
import type { RefreshClassification } from './renewal.js';
import { mediaType } from './token-request.js';
import { own, text } from './token-response.js';

/** A response of the refresh endpoint without usable tokens. */
export interface RefreshResponse {
  /** HTTP status. */
  readonly status: number;
  /** Media type without parameters, in lower case; empty if there is none. */
  readonly contentType: string;
  /** The parsed body; `undefined` if it is not JSON. */
  readonly json: unknown;
  /** Whether the body is empty. */
  readonly empty: boolean;
  /** Whether the response has a `Retry-After` header. */
  readonly retryAfter: boolean;
}

/** Reads a response and its body. */
export function refreshResponse({ status, headers }: Response, body: string): RefreshResponse {
  const isPage = /^\s*<(!doctype|html)/i.test(body);
  return {
    status,
    contentType: isPage ? 'text/html' : mediaType(headers.get('Content-Type')),
    json: attempt((): unknown => JSON.parse(body), undefined),
    empty: body.trim() === '',
    retryAfter: headers.has('Retry-After'),
  };
}

/** OAuth errors of a client that the server does not accept as it is configured. They do not concern the session. */
const configurationErrors = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'];

const retryableErrors = [
  ...configurationErrors,
  'temporarily_unavailable',
  'server_error',
  'slow_down',
  'use_dpop_nonce',
];

/** Request Timeout, Too Early, Too Many Requests. */
const retryableStatuses = [408, 425, 429];

/**
 * Classifies a refresh response without tokens. The first rule that applies counts:
 *
 * 1. `invalid_grant` is refused, with any status.
 * 2. Retryable are: a response with `Retry-After`, an HTML page, a 5xx, 408, 425 or 429, and the errors `invalid_client`,
 *    `unauthorized_client`, `unsupported_grant_type`, `invalid_scope`, `temporarily_unavailable`, `server_error`, `slow_down`
 *    and `use_dpop_nonce`.
 * 3. A 401 of the endpoint itself is refused: with JSON, plain text or an empty body.
 * 4. Every other 4xx is unclear: gateways and firewalls send them too. So is JSON without tokens in a 2xx.
 * 5. Anything else is retryable.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function classifyRefreshResponse(response: RefreshResponse): RefreshClassification {
  const { status, contentType, json, empty } = response;
  if (oauthErrorOf(json) === 'invalid_grant') return 'refused';
  if (isRetryable(response)) return 'retryable';
  const isOfEndpoint = json !== undefined || empty || contentType === 'text/plain';
  if (status === 401 && isOfEndpoint) return 'refused';
  return status >= 400 || json !== undefined ? 'unclear' : 'retryable';
}

function isRetryable({ status, contentType, json, empty, retryAfter }: RefreshResponse): boolean {
  const isPage = contentType === 'text/html' && !empty;
  const isStatus = status >= 500 || retryableStatuses.includes(status);
  return retryAfter || isPage || isStatus || retryableErrors.includes(oauthErrorOf(json) || '');
}

/** Whether the server rejects the client, which only a change of its configuration helps. */
export function isConfigurationError(oauthError: string | undefined): boolean {
  return configurationErrors.includes(oauthError || '');
}

/** Returns the OAuth error code of a response body (RFC 6749 §5.2). */
export function oauthErrorOf(json: unknown): string | undefined {
  return text(own(json, 'error'));
}
