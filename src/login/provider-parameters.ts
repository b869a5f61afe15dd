/**
 * How a provider's sign-in page is asked. Parameters are named as on the wire; each is the provider's property of that name
 * in camel case, or what that returns where it is a function.
 */
export interface ProviderRequest {
  /** What the window is called. @default its key in `providers` */
  readonly name?: string | undefined;
  /** The provider's page. */
  readonly authorizationEndpoint?: string | undefined;
  /** With `token` or `id_token` in it, the tokens in the provider's own answer are used. @default 'code' */
  readonly responseType?: string | undefined;
  /** What the provider calls the application. */
  readonly clientId?: string | undefined;
  /** Where the provider sends the browser back to. */
  readonly redirectUri?: string | undefined;
  /** What to ask for. */
  readonly scope?: readonly string[] | string | undefined;
  /** What stands between scopes. @default ' ' */
  readonly scopeDelimiter?: string | undefined;
  /** What stands before the scopes. */
  readonly scopePrefix?: string | undefined;
  /**
   * Query parameters, each the provider's property of that name in camel case, or what that function returns.
   * @default ['response_type', 'client_id', 'redirect_uri']
   */
  readonly defaultUrlParams?: readonly string[] | undefined;
  /** Further ones. @default [] */
  readonly requiredUrlParams?: readonly string[] | undefined;
  /** Further ones. @default [] */
  readonly optionalUrlParams?: readonly string[] | undefined;
  readonly [parameter: string]: unknown;
}

const defaultNames = ['response_type', 'client_id', 'redirect_uri'];

/**
 * The query of the sign-in page.
 *
 * @param secrets what is made anew for every sign-in: `state`, and `nonce` or a PKCE challenge where they are used
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
