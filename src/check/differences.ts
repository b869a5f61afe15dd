/** One way in which an application behaves otherwise than with aurelia-authentication 3.8.3. */
export interface DifferenceEntry {
  /** What aurelia-authentication does. */
  readonly there: string;
  /** What this library does. */
  readonly here: string;
  /** What an application writes instead, where it relied on the old behaviour. */
  readonly write?: string;
}

/** Every difference that the compatibility run may find, and those that `npm run defects` shows. Markdown. */
export const differences = {
  // --- where tokens go ---
  'other-origins': {
    there: 'The token goes with every request of a configured client, to any origin.',
    here: "The token goes only to the client's own origin and to the origin of an absolute `baseUrl`.",
    write: 'List other origins in `protectedUrls`, together with these.',
  },
  'plain-http': {
    there: 'The token goes over plain `http:`.',
    here: 'The token goes over plain `http:` only to this machine, and to an origin that `protectedUrls` lists as `http://host`.',
    write: "List the origin in `protectedUrls`: `['http://intranet']`.",
  },
  'own-header': {
    there: 'An `Authorization` header of the caller is replaced.',
    here: 'It is kept.',
  },
  'account-requests': {
    there: '`getMe()`, `updateMe()` and `unlink()` carry no token unless the client is configured for it.',
    here: 'They always carry the token.',
  },
  // --- refresh ---
  'failed-refresh': {
    there: 'Any failure of a refresh ends the session.',
    here: 'Only a refusal by the server ends it. After other failures the session stays and the refresh is retried.',
  },
  'early-refresh': {
    there: 'A refresh starts when the token has expired.',
    here: 'A refresh starts shortly before. A request that needs the new token waits for it.',
  },
  'refresh-on-401': {
    there:
      "A 401 leads to a refresh only if the token has expired by the client's clock, and the second response is lost.",
    here: 'A 401 leads to one refresh and one replay. The caller gets the response to the replay.',
  },
  'one-refresh-for-all-tabs': {
    there: 'Each tab refreshes for itself.',
    here: 'One tab refreshes for all.',
  },
  'authenticated-while-refreshing': {
    there:
      '`authenticated` is `false` while a refresh is pending, and on a page that starts with an expired access token.',
    here: '`authenticated` stays `true`, and such a page refreshes first. `authService.ready` and the guard wait for that.',
  },
  'kept-refresh-token': {
    there: 'A response without a refresh token makes the next refresh impossible.',
    here: 'The previous refresh token is kept.',
  },
  'expiry-is-read-once': {
    there: '`getExpirationDateFromResponse` is called at every look at the session.',
    here: 'It is called once, when the response arrives.',
  },
  'callback-after-failure': {
    there: '`isAuthenticated(callback)` does not call back after a failed refresh.',
    here: 'It always calls back.',
  },
  'own-refresh': {
    there: 'An overridden `updateToken()` refreshes after a 401 and when the token expires.',
    here: 'The session refreshes by itself. An override of `updateToken()` serves its callers only.',
    write: 'Shape the refresh with `refreshRequest`, `refreshTokenUrl` and `classifyRefreshResponse`.',
  },
  'own-response': {
    there:
      'An override of `setResponseObject()` gets the stored response at the start, and the response to each refresh.',
    here: 'It gets the responses of sign-ins, and `null` at `logout()`.',
    write: 'Subscribe to the event `authentication-state`.',
  },
  'authenticated-follows': {
    there:
      '`isAuthenticated()` leaves `authenticated` as it was, and each instance of `AuthService` or of a subclass has its own.',
    here: '`authenticated` changes with the session, for every instance.',
  },
  'own-timers': {
    there: '`timeoutID`, `setTimeout()` and `clearTimeout()` of `AuthService` control the timer of the session.',
    here: '`timeoutID` is always 0 and the methods do nothing. They log a warning.',
    write: '`autoUpdateToken: false` stops automatic refreshes; `idleTimeoutSeconds` ends a session early.',
  },
  'storage-events': {
    there: '`authService.storageEventHandler(event)` applies an event of another tab.',
    here: 'It does nothing and logs a warning. The session observes other tabs itself.',
    write: 'In a test, open a second tab with `TestBrowser` of `aurelia-auth-refresh/testing`.',
  },
  'refresh-callstack': {
    there:
      '`updateTokenCallstack`, `toUpdateTokenCallstack()` and `resolveUpdateTokenCallstack()` share one refresh among callers.',
    here: 'The list is empty, the first method calls `updateToken()` and the second does nothing.',
    write: 'Call `authService.updateToken()`, which all callers share.',
  },
  // --- responses and errors ---
  '401-resolves': {
    there:
      '`fetch` rejects with a 401 while no user is signed in, and with the promise of the logout under `logoutOnInvalidToken`.',
    here: '`fetch` resolves to the response, as it does for every other status.',
    write: 'Look at `response.status`, or use `rejectErrorResponses()` of the HTTP client.',
  },
  errors: {
    there: 'Rejections are strings, objects and errors of several kinds.',
    here: 'They are an `AuthError` with a `code`. `login()`, `signup()`, `getMe()` and `updateMe()` still reject with the `Response`.',
    write: 'Compare `error.code`.',
  },
  'broken-storage': {
    there: 'Stored text without a token, or a `storage` that does not exist, throws at the start.',
    here: 'The application starts signed out and logs a warning.',
  },
  'null-options': {
    there: 'An option that is `null` without a meaning of its own throws when it is used.',
    here: 'It counts as absent.',
  },
  'token-is-a-text': {
    there: 'An empty text, a number or any other value at the place of the token is taken as the token.',
    here: 'A token is a text that is not empty. Anything else counts as missing.',
  },
  'header-names': {
    there: 'A `content-type` in lower case does not replace the `Content-Type` of the defaults.',
    here: 'Names of headers are compared without case.',
  },
  'not-configured': {
    there: 'Requests throw where the plugin was not configured.',
    here: 'The `HttpClient` of the container sends them.',
  },
  'form-bodies': {
    there: 'A body such as `FormData` or `URLSearchParams` is sent as `{}`.',
    here: 'It is sent as it is.',
  },
  'stored-record': {
    there: 'The storage holds the response as it came.',
    here: 'The properties of the response are stored beside those of the session.',
    write: 'Read the response with `authService.authentication.getResponseObject()`.',
  },
  'response-is-applied': {
    there: '`authentication.setResponseObject()` changes the stored response, and `authService.authenticated` later.',
    here: 'It signs in or out like the method of `AuthService`.',
  },
  'has-data-stored': {
    there: '`hasDataStored` is `true` after every look at the storage.',
    here: 'It is `true` while a user is signed in.',
  },
  // --- redirects ---
  'redirect-origin': {
    there: 'Redirect arguments lead anywhere.',
    here: 'They lead to this origin or to an address of the configuration. Other addresses count as absent.',
    write: 'Use the address as one of the redirect options.',
  },
  'redirect-encoding': {
    there: 'Addresses of redirects are encoded again, and a query is always appended with `?`.',
    here: 'Addresses are used as they are, and a query is appended with `?` or `&`.',
    write: 'Encode the address, and leave a `?` or `&` at its end out.',
  },
  'signup-redirect': {
    there: 'After a signup that signs the user in, `signupRedirect` is used.',
    here: '`loginRedirect` is used, unless `signupRedirect` differs from its default.',
    write: 'Set `signupRedirect`.',
  },
  'redirect-false-at-login': {
    there: 'A signed-in user who opens the login route with `loginRedirect: false` is redirected to `false`.',
    here: 'The user stays at the login route.',
  },
  // --- sign-in and sign-out ---
  'logout-first': {
    there: '`logout()` sends the request to `logoutUrl` first.',
    here: 'It signs out first. The request carries the old token unless that has expired.',
  },
  'logout-succeeds': {
    there: '`logout(…, provider)` does nothing for a provider without `logoutEndpoint`, and throws for an unknown one.',
    here: 'It signs out here in either case.',
  },
  'user-change': {
    there: 'A sign-in of another user in another tab is not published.',
    here: '`authentication-change` is published and `storageChangedRedirect` is used. The `sub` of the tokens decides.',
  },
  'state-is-required': {
    there: 'The `state` of a response with tokens is not compared, and a response without one is accepted.',
    here: 'It is always compared and required. Constants such as `STATE` are replaced by random values.',
  },
  'provider-addresses': {
    there: 'The known providers have the addresses of 2017.',
    here: 'They have the current ones.',
  },
  'provider-steps': {
    there: '`OAuth1` and `OAuth2` have `exchangeForToken()`, `buildQuery()` and `buildLogoutQuery()`.',
    here: 'They have `open()` and `close()`.',
    write: 'Call `authService.authenticate(name)`.',
  },
  // --- members ---
  'absolute-addresses': {
    there: '`joinBase()` puts `baseUrl` before an absolute address.',
    here: 'An absolute address stays as it is.',
  },
  'old-names-follow': {
    there:
      '`authToken`, `responseTokenProp`, `tokenName`, `tokenRoot` and `logoutOnInvalidtoken` keep a value of their own.',
    here: 'They read the option that replaced them.',
  },
  'address-getters': {
    there: '`authentication.getLoginUrl()`, `getSignupUrl()` and `getProfileUrl()` throw.',
    here: 'They return the address.',
  },
  'converter-import': {
    there:
      '`AuthenticatedValueConverter` and `AuthenticatedFilterValueConverter` cannot be created once the main module is imported.',
    here: 'They can.',
  },
  'missing-routes': {
    there: 'The filters for routes throw without routes.',
    here: 'They return an empty list.',
  },
} as const satisfies Readonly<Record<string, DifferenceEntry>>;

export type Difference = keyof typeof differences;
