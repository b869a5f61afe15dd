import type { Node } from '@babel/types';
import type { Difference } from './differences.js';
import { members } from './members.js';
import { bare, places, textOf } from './syntax.js';
import type { Use } from './use.js';

/** Differences of what an option turns on, which no row of the compatibility run shows for the option itself. */
const turnedOn: Readonly<Record<string, readonly Difference[]>> = {
  'AuthService.logout': ['logout-first'],
  'AuthService.updateToken': ['failed-refresh', 'errors'],
  'Authentication.resolveUpdateTokenCallstack': ['refresh-callstack'],
  'Authentication.updateTokenCallstack': ['refresh-callstack'],
  'BaseConfig.configureEndpoints': ['own-header'],
  'BaseConfig.storageChangedRedirect': ['user-change'],
  'BaseConfig.useRefreshToken': [
    'failed-refresh',
    'early-refresh',
    'refresh-on-401',
    'one-refresh-for-all-tabs',
    'authenticated-while-refreshing',
    'kept-refresh-token',
  ],
  'BaseConfig.getExpirationDateFromResponse': ['expiry-is-read-once'],
  'FetchConfig.configure': ['401-resolves', 'own-header'],
};

/** Differences of overridden members. */
const overrides: Readonly<Record<string, Difference[]>> = {
  'AuthService.setResponseObject': ['own-response'],
  'AuthService.updateToken': ['own-refresh'],
};

/** When a difference concerns a use. One that is not named concerns every use of its member. */
const conditions: Partial<Record<Difference, (use: Use) => boolean>> = {
  '401-resolves': ({ kind, value }) => kind === 'call' || kind === 'read' || !isFalse(value),
  'broken-storage': ({ member, value }) => member !== 'BaseConfig.storage' || !isWebStorage(value),
  errors: ({ kind, isErrorHandled }) => kind === 'call' && isErrorHandled === true,
  'header-names': ({ args = [] }) => args.some(argument => hasString(argument, 'content-type')),
  'logout-succeeds': ({ args }) => isGiven(args?.[2]),
  // An application configures the plugin; its unit tests may not.
  'not-configured': () => false,
  'null-options': ({ value }) => value?.type === 'NullLiteral',
  'old-names-follow': ({ kind }) => kind === 'read',
  'redirect-encoding': ({ member, args }) =>
    isGiven(args?.[member === 'AuthService.logout' ? 1 : 2]) || /[% ]/.test(textOf(args?.[0]) ?? ''),
  'redirect-origin': ({ args }) => isAbsolute(args?.[0]),
  'failed-refresh': ({ kind, value }) => kind === 'call' || !isFalse(value),
};

/** Differences of redirect arguments, which each method with such an argument has. */
const redirectArguments: Readonly<Record<string, readonly number[]>> = {
  'AuthService.authenticate': [1],
  'AuthService.login': [2, 3],
  'AuthService.logout': [0],
  'AuthService.signup': [2, 4],
  'AuthService.unlink': [1],
};

/** The differences that concern a use. */
export function differencesOf(use: Use): Difference[] {
  const { member, kind, args } = use;
  if (kind === 'override') return overrides[member] ?? [];
  const concerned = [...(members[member] ?? []), ...(turnedOn[member] ?? [])].filter(
    id => conditions[id]?.(use) ?? true,
  );
  const leadsAway = redirectArguments[member]?.some(index => isAbsolute(args?.[index]));
  return [...new Set([...concerned, ...(leadsAway ? (['redirect-origin'] as const) : [])])];
}

function isGiven(node: Node | undefined): boolean {
  if (!node) return false;
  const value = bare(node);
  return (
    value.type !== 'NullLiteral' && !(value.type === 'Identifier' && value.name === 'undefined') && textOf(value) !== ''
  );
}

function isAbsolute(node: Node | undefined): boolean {
  return /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(textOf(node) ?? '');
}

function hasString(node: Node, text: string): boolean {
  return [...places(node)].some(place => textOf(place.node) === text);
}

function isFalse(node: Node | undefined): boolean {
  return node?.type === 'BooleanLiteral' && !node.value;
}

function isWebStorage(node: Node | undefined): boolean {
  const text = textOf(node);
  return text === undefined ? node?.type !== 'NullLiteral' : ['localStorage', 'sessionStorage'].includes(text);
}
