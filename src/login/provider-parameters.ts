/**
 * The authorization request of a provider. Parameters have their names of RFC 6749 and OpenID Connect. The value of a parameter is the
 * property of the same name in camel case, or the return value of that property if it is a function.
 */
export interface ProviderRequest {
  /** Name of the popup. @default its key in `providers` */
  readonly name?: string | undefined;
  /** Authorization endpoint of the provider. */
  readonly authorizationEndpoint?: string | undefined;
  /** With `token` or `id_token`, the tokens of the authorization response are used. @default 'code' */
  readonly responseType?: string | undefined;
  /** `client_id` that the provider assigned to the application. */
  readonly clientId?: string | undefined;
  /** URL that the provider redirects to. */
  readonly redirectUri?: string | undefined;
  /** Scopes to request. */
  readonly scope?: readonly string[] | string | undefined;
  /** Separator between scopes. @default ' ' */
  readonly scopeDelimiter?: string | undefined;
  /** Prefix of the scopes. */
  readonly scopePrefix?: string | undefined;
  /**
   * Names of query parameters.
   * @default ['response_type', 'client_id', 'redirect_uri']
   */
  readonly defaultUrlParams?: readonly string[] | undefined;
  /** Names of additional query parameters. @default [] */
  readonly requiredUrlParams?: readonly string[] | undefined;
  /** Names of additional query parameters. @default [] */
  readonly optionalUrlParams?: readonly string[] | undefined;
  readonly [parameter: string]: unknown;
}

const defaultNames = ['response_type', 'client_id', 'redirect_uri'];

/**
 * Returns the query of the authorization request.
 *
 * @param secrets `state`, `nonce` and the PKCE code challenge of this sign-in; they override properties of the provider
 */
export function providerParameters(
  provider: ProviderRequest,
  secrets: Readonly<Record<string, string>>,
): URLSearchParams {
  const { defaultUrlParams = defaultNames, requiredUrlParams = [], optionalUrlParams = [] } = provider;
  const result = new URLSearchParams();
  for (const name of new Set([...defaultUrlParams, ...requiredUrlParams, ...optionalUrlParams])) {
    const value = parameter(provider, name);
    if (value !== undefined && value !== null && !(name in secrets)) result.set(name, String(value));
  }
  for (const [name, value] of Object.entries(secrets)) result.set(name, value);
  return result;
}

function parameter(provider: ProviderRequest, name: string): unknown {
  const value = provider[camelCase(name)] ?? provider[name];
  if (name === 'scope') return scope(provider);
  if (name === 'response_type') return provider.responseType ?? 'code';
  return typeof value === 'function' ? value() : value;
}

function scope({ scope: scopes, scopePrefix, scopeDelimiter = ' ' }: ProviderRequest): string | undefined {
  const listed = typeof scopes === 'string' ? scopes : scopes?.join(scopeDelimiter);
  return scopePrefix ? [scopePrefix, listed].filter(Boolean).join(scopeDelimiter) : listed;
}

function camelCase(name: string): string {
  return name.replace(/[-_.\s]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
