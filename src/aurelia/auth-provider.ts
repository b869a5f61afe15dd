/** A third party that signs users in. Names as the predecessor had them. */
export interface AuthProvider {
  /** The key in `providers`, and the window's name. */
  readonly name?: string;
  /** The route of the application's own server that exchanges the code, such as `/auth/google`. */
  readonly url?: string;
  /** The provider's page for signing in. */
  readonly authorizationEndpoint?: string;
  /** Where the provider sends the browser back to. @default the page's origin */
  readonly redirectUri?: string;
  /** Names of further query parameters; each is read from the provider's property of that name in camel case. */
  readonly requiredUrlParams?: readonly string[];
  readonly optionalUrlParams?: readonly string[];
  readonly defaultUrlParams?: readonly string[];
  readonly scope?: readonly string[] | string;
  readonly scopeDelimiter?: string;
  /** Stands before the scopes. */
  readonly scopePrefix?: string;
  readonly display?: string;
  /** @default '2.0' */
  readonly oauthType?: '1.0' | '2.0' | 'auth0-lock' | (string & {});
  /** @deprecated Write `oauthType`. */
  readonly type?: string;
  readonly popupOptions?: { readonly width?: number; readonly height?: number; readonly [feature: string]: unknown };
  readonly state?: string | (() => string);
  readonly nonce?: string | (() => string);
  readonly clientId?: string;
  /** @default 'code' */
  readonly responseType?: string;
  /** Where the provider signs users out. */
  readonly logoutEndpoint?: string;
  readonly postLogoutRedirectUri?: string;
  /** Further parameters for `requiredUrlParams` and `optionalUrlParams`. */
  readonly [parameter: string]: unknown;
}
