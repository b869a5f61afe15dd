import type { Difference } from '../../../src/check/differences.js';

/** What shows a difference: rows of the run as `member: use`, and rows of `npm run defects`. */
export interface Evidence {
  readonly rows?: readonly string[];
  readonly defects?: readonly string[];
}

const redirects = (...uses: string[]) => uses.map(use => `Authentication.redirect: redirect(${use})`);
const converter = (member: string, ...uses: string[]) => uses.map(use => `${member}: ${use}`);

/** Every difference of the migration table with its evidence. A row that is listed here must differ. */
export const documented: Readonly<Record<Difference, Evidence>> = {
  'other-origins': { rows: ['the Authorization header: a request to another host'], defects: ['B9'] },
  'plain-http': { rows: ['the Authorization header: an API over plain http: on a named host'] },
  'own-header': { rows: ['the Authorization header: the caller set one'] },
  'account-requests': { rows: ['AuthService.getMe: carries no token on a client that is not configured'] },
  'failed-refresh': { defects: ['B5'] },
  'early-refresh': { defects: ['B26'] },
  'refresh-on-401': { defects: ['B1', 'B2', 'B24'] },
  'one-refresh-for-all-tabs': { defects: ['B27'] },
  'authenticated-while-refreshing': { defects: ['B10'] },
  'kept-refresh-token': { defects: ['B6'] },
  'expiry-is-read-once': { defects: ['B8'] },
  'callback-after-failure': { defects: ['B15'] },
  'own-refresh': { rows: ['AuthService: updateToken replaced: a 401 calls it'] },
  'own-response': { rows: ['AuthService: setResponseObject replaced: a refresh calls it'] },
  'authenticated-follows': {
    rows: [
      'AuthService.isAuthenticated: the stored session is removed, and authenticated after that',
      'AuthService: beside AuthService: authenticated of both',
    ],
  },
  'own-timers': {
    rows: [
      'AuthService.timeoutID: a timer is set',
      'AuthService.setTimeout: ends the session after the time',
      'AuthService.clearTimeout: the session does not end by itself',
    ],
  },
  'storage-events': { rows: ['AuthService.storageEventHandler: another tab signed in'] },
  'refresh-callstack': {
    rows: ['Authentication.toUpdateTokenCallstack: waits for resolveUpdateTokenCallstack()'],
  },
  '401-resolves': {
    rows: [
      'BaseConfig.logoutOnInvalidToken: logoutOnInvalidToken: true',
      'BaseConfig.logoutOnInvalidToken: logoutOnInvalidToken = true',
      'FetchConfig.interceptor: a 401 for another client, while no user is signed in',
      'a 401: no user is signed in',
      'a 401: with logoutOnInvalidToken',
    ],
    defects: ['B23'],
  },
  errors: {
    rows: [
      'AuthService.setResponseObject: a response without a token: error.responseObject',
      'a 401: the refresh is rejected',
      'AuthService.authenticate: a wrong state comes back',
      'AuthService.authenticate: an error comes back',
      'AuthService.authenticate: the user closes the window',
      'Popup: pollPopup() without open()',
    ],
  },
  'broken-storage': {
    rows: [
      'BaseConfig.storage: null, for a whole visit',
      'BaseConfig.storage: the name of no global',
      'BaseConfig.storage: null',
      'Authentication.getResponseObject: the stored text is no JSON',
      'Storage: the name of no global',
      'the stored session: no JSON',
      'the stored session: JSON without a token',
    ],
    defects: ['B12'],
  },
  'null-options': {
    rows: [
      'BaseConfig.profileUrl: null, for a whole visit',
      'BaseConfig.globalValueConverters: null, for a whole visit',
      'BaseConfig.defaultHeadersForTokenRequests: null, for a whole visit',
    ],
  },
  'token-is-a-text': {
    rows: [
      'Authentication.getTokenFromResponse: {"access_token":""} with access_token, token, false',
      'Authentication.getTokenFromResponse: {"access_token":{"token":7}} with access_token, token, false',
      'Authentication.getTokenFromResponse: {"access_token":null,"token":"t"} with access_token, token, false',
    ],
  },
  'header-names': { rows: ['AuthService.login: a content-type in lower case'] },
  'not-configured': { rows: ['AuthService.login: the plugin was not configured'] },
  'form-bodies': { rows: ['BaseConfig.client: post(path, form)'] },
  'stored-record': { rows: ['Authentication.getResponseObject: nothing else is stored'] },
  'response-is-applied': {
    rows: ['Authentication.setResponseObject: AuthService.authenticated is left to updateAuthenticated()'],
  },
  'has-data-stored': { rows: ['Authentication.hasDataStored: no user is signed in'] },
  'redirect-origin': { rows: redirects('"https://evil.example/", undefined, undefined') },
  'redirect-encoding': {
    rows: [
      'AuthService.logout: a redirect and a query',
      'AuthService.logout: a string as query',
      ...redirects(
        '"#/x", undefined, {"a":"1","b":"x y"}',
        '"#/x", undefined, {}',
        '"#/x?a=1", undefined, {"b":"2"}',
        '"#/x y", undefined, undefined',
        '"#/x%20y", undefined, undefined',
      ),
    ],
    defects: ['B29'],
  },
  'signup-redirect': {
    rows: ['AuthService.signup: an object, no redirect', 'AuthService.signup: null as credentials'],
    defects: ['B30'],
  },
  'redirect-false-at-login': {
    rows: [
      'AuthenticateStep: the login route, signed in, loginRedirect false',
      'AuthorizeStep: the login route, signed in, loginRedirect false',
    ],
  },
  'logout-first': { defects: ['B11', 'B22'] },
  'logout-succeeds': {
    rows: ['AuthService.logout: a provider without a logout address', 'AuthService.logout: an unknown provider'],
    defects: ['B21'],
  },
  'user-change': { defects: ['B28'] },
  'state-is-required': {
    rows: ['AuthService.authenticate: responseType token', 'AuthService.authenticate: no state comes back'],
    defects: ['B20'],
  },
  'provider-addresses': {
    rows: [
      'BaseConfig.providers: their addresses at the server',
      'BaseConfig.providers: their authorization endpoints',
    ],
  },
  'provider-steps': {
    rows: [
      'OAuth2.exchangeForToken: its type',
      'OAuth2.buildQuery: its type',
      'OAuth2.buildQuery: the parameters of a provider',
      'OAuth2.buildLogoutQuery: its type',
      'OAuth1.exchangeForToken: its type',
    ],
  },
  'absolute-addresses': { rows: ['BaseConfig.joinBase: an absolute address'], defects: ['B35'] },
  'old-names-follow': {
    rows: [
      'BaseConfig.authToken: never set',
      'BaseConfig.authToken: authTokenType set instead',
      'BaseConfig.responseTokenProp: accessTokenProp set instead',
      'BaseConfig.tokenName: accessTokenName set instead',
      'BaseConfig.tokenRoot: accessTokenRoot set instead',
      'BaseConfig.logoutOnInvalidtoken: logoutOnInvalidToken set instead',
    ],
  },
  'address-getters': {
    rows: ['getLoginUrl', 'getSignupUrl', 'getProfileUrl'].flatMap(name =>
      converter(`Authentication.${name}`, 'no user is signed in', 'JWTs'),
    ),
    defects: ['B34'],
  },
  'converter-import': {
    rows: [
      ...converter(
        'AuthenticatedFilterValueConverter',
        'signed in',
        'no user signed in',
        'an argument',
        'null as argument',
        'signed out',
      ),
      ...converter('AuthenticatedValueConverter', 'signed in', 'no user signed in', 'applied to false', 'signed out'),
    ],
  },
  'missing-routes': {
    rows: ['AuthFilterValueConverter: no routes', 'AuthenticatedFilterValueConverter: no routes'],
  },
};
