import type { OptionKinds } from './check-options.js';

/** Fields of a request body. A field with the value `undefined` is left out, even one that is sent by default. */
export type TokenRequestParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Shape of a request that carries a refresh token. */
export interface TokenRequestOptions {
  /**
   * HTTP method. Not `GET` or `HEAD`, whose URLs are logged.
   * @default 'POST'
   */
  readonly method?: string | undefined;
  /**
   * Adds body fields such as `client_id`. A field set to `undefined` is left out: `{ grant_type: undefined }` suits a server
   * that rejects unknown fields.
   */
  readonly parameters?: TokenRequestParameters | undefined;
  /**
   * Request headers. The body is a form if `Content-Type` is `application/x-www-form-urlencoded`, otherwise JSON.
   * @default { 'Content-Type': 'application/json' } for a refresh, a form for a revocation
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether cookies are sent. @default 'same-origin', or 'include' with a refresh token in a cookie */
  readonly credentials?: RequestCredentials | undefined;
}

/** Kinds of {@link TokenRequestOptions}. */
export const tokenRequestKinds: OptionKinds = {
  method: /^(?!(?:get|head)$)[a-z]+$/i,
  parameters: 'object',
  headers: 'object',
  credentials: ['omit', 'same-origin', 'include'],
};

const formType = 'application/x-www-form-urlencoded';

/** Content type of a form, which OAuth servers accept at every endpoint. */
export const formHeaders: Readonly<Record<string, string>> = { 'Content-Type': formType };

/** Builds the request. It rejects redirects, which would carry the refresh token to another address. */
export function tokenRequest(
  parameters: TokenRequestParameters,
  headers: Headers,
  method = 'POST',
  credentials: RequestCredentials = 'same-origin',
): RequestInit {
  if (!headers.has('Accept')) headers.set('Accept', 'application/json');
  const form = mediaType(headers.get('Content-Type')) === formType;
  return {
    method,
    headers,
    body: form ? formBody(parameters) : JSON.stringify(parameters),
    credentials,
    redirect: 'error',
    cache: 'no-store',
  };
}

/** Returns a media type without its parameters, in lower case. */
export function mediaType(header: string | null): string {
  return (header || '').replace(/;.*/, '').trim().toLowerCase();
}

function formBody(parameters: TokenRequestParameters): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.append(name, String(value));
  return form.toString();
}
