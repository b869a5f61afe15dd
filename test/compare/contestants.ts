import { type ApartName, apartTitles } from '../peers/apart.js';
import { type ClientName, clientTitles } from '../peers/client-titles.js';

/**
 * The compared clients: three entry points of this package, peers configured as documented, and a hand-written one.
 */
export const contestants = [
  'aurelia',
  'aurelia2',
  'core',
  'predecessor',
  'oidcClientTs',
  'auth0SpaJs',
  'supabaseAuthJs',
  'oidcSpa',
  'keycloakJs',
  'angularAuthOidcClient',
  'axiosAuthRefresh',
  'aurelia2Recipe',
  'tutorial',
] as const satisfies readonly (ClientName | ApartName)[];

export type ContestantName = (typeof contestants)[number];

export const ours: readonly ContestantName[] = ['aurelia', 'aurelia2', 'core'];

export const contestantTitles: Readonly<Record<ContestantName, string>> = {
  ...clientTitles,
  ...apartTitles,
  aurelia: 'aurelia-auth-refresh',
  aurelia2: 'aurelia-auth-refresh/aurelia2',
  core: 'aurelia-auth-refresh/core',
  aurelia2Recipe: `recipe of Aurelia 2, ${clientTitles.aurelia2Recipe}`,
  tutorial: 'hand-written',
};

/** Chosen configuration of each client, so that readers can check whether it is fair. */
export const configurations: Readonly<Record<ContestantName, string>> = {
  aurelia: '`useRefreshToken`, `refreshTokenUrl`, `clientId`, `protectedUrls`; all else by default',
  aurelia2: 'as the plugin for Aurelia 1',
  core: 'a `Session` with the browser’s ports and a `Bearer` in front of `fetch`; all else by default',
  predecessor:
    '`useRefreshToken`, `refreshTokenUrl`, `clientId`, `storageKey`; `FetchConfig.configure(HttpClient)`; all else by default',
  oidcClientTs:
    '`automaticSilentRenew` (its default), `userStore` in `localStorage` so that a reload finds the user; before a request the application takes `getUser()`, and where that has `expired`, `signinSilent()`; signs out here alone, by `removeUser()`',
  auth0SpaJs:
    "`useRefreshTokens`, `cacheLocation: 'localstorage'` so that a reload finds the user, `useRefreshTokensFallback: false`; requests through `createFetcher()`; signs out here alone, by `logout({ openUrl: false })`",
  supabaseAuthJs:
    "`AuthClient` with its defaults (`autoRefreshToken`, `persistSession`); each request gets the token of `getSession()`, as in `@supabase/supabase-js`; signs out here alone, by `signOut({ scope: 'local' })`",
  oidcSpa:
    '`oidcEarlyInit({ BASE_URL })` and `createOidc({ issuerUri, clientId })`; each request gets the token of `getTokens()`; signs in and out at the provider, by `login()` and `logout()`',
  keycloakJs:
    "`onLoad: 'check-sso'` with `silentCheckSsoRedirectUri`; `checkLoginIframe: false`, because only Keycloak has its page; before a request the application calls `updateToken(30)`; signs in and out at the provider, by `login()` and `logout()`",
  angularAuthOidcClient:
    '`silentRenew`, `useRefreshToken`, `renewTimeBeforeTokenExpiresInSeconds: 30`, `DefaultLocalStorageService` so that another tab finds the user; requests through `HttpClient` with `authInterceptor()` and `secureRoutes`, in an Angular application without components; signs in at the provider, and out here alone, by `logoffLocal()`',
  axiosAuthRefresh:
    '`createAuthRefresh(axios, refresh)` and a request interceptor for the token, as its README shows; the tokens in `localStorage`; signs out when the server refuses the refresh token',
  aurelia2Recipe:
    'the token-aware client of its documentation: an interceptor that refreshes after a 401, `withRetry()`, `rejectErrorResponses()`; in the opposite order, because the client rejects the one of the documentation; the tokens in `localStorage`; signs out when the server refuses the refresh token',
  tutorial:
    'sixty lines: the session in `localStorage`, the token on requests to the page’s own origin, a second try after a 401, one refresh at a time, signed out when that fails',
};
