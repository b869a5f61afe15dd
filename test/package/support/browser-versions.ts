import data from '@mdn/browser-compat-data' with { type: 'json' };
import type { FeatureUse } from './used-features.js';

/** Browsers by their names in the data of MDN. */
export const browsers = {
  chrome: 'Chrome',
  edge: 'Edge',
  firefox: 'Firefox',
  safari: 'Safari',
  safari_ios: 'Safari on iOS',
} as const;

export type Browser = keyof typeof browsers;
type OfBrowsers<T> = Readonly<Record<Browser, T>>;

/** The earliest version of a browser that has all features, and the feature that decides. */
export interface Requirement {
  readonly version: number;
  readonly use: FeatureUse | undefined;
}

interface Statement {
  readonly version_added: string | boolean | null;
  readonly flags?: unknown;
  readonly prefix?: unknown;
  readonly alternative_name?: unknown;
}

/** Interfaces that only TypeScript's declarations have, and the interface that has their members in browsers. */
const interfaces: Readonly<Record<string, string>> = {
  Body: 'Response',
  CallableFunction: 'Function',
  ChildNode: 'Element',
  MessageEventTarget: 'MessagePort',
  NavigatorLocks: 'Navigator',
  NavigatorOnLine: 'Navigator',
  ParentNode: 'Element',
  ReadableStreamGenericReader: 'ReadableStreamDefaultReader',
  Uint8Array: 'TypedArray',
};

/** Members of objects that are no feature of a browser, such as options. */
const plainObjects = ['PropertyDescriptor', 'ReadableStreamReadValueResult', 'RequestInit'];

/** Whether a use depends on a feature that browsers have or lack. */
export function isVersioned({ feature }: FeatureUse): boolean {
  const [owner = ''] = feature.split('.');
  return !plainObjects.includes(owner) && !/\.prototype(?:_static)?$/.test(feature);
}

/** Returns what a feature needs. Undefined if the data of MDN does not list it. */
export function supportOf(feature: string): OfBrowsers<number> | undefined {
  const [name = '', member] = feature.split('.');
  const owner = interfaces[name] ?? name.replace(/^Readonly(?=Array|Map|Set)|Constructor$/g, '');
  const { builtins, ...language } = data.javascript as Record<string, unknown>;
  const globals = [builtins, data.api, at(data.api, 'Window')];
  const found =
    member === undefined || feature.split('.').length > 2 || name in language
      ? [at(language, ...feature.split('.')), ...[...globals, at(data.api, 'EventTarget')].map(all => at(all, owner))]
      : [...globals.map(all => at(all, owner)), at(data.api, 'EventTarget')].flatMap(all => memberOf(all, member));
  const compat = found.map(node => at(node, '__compat', 'support')).find(support => support !== undefined);
  if (!compat) return undefined;
  return inEach(browser => versionOf((compat as OfBrowsers<Statement | readonly Statement[]>)[browser]));
}

/** Returns the earliest version of each browser that has all of these features. */
export function requirements(uses: readonly FeatureUse[]): OfBrowsers<Requirement> {
  return inEach(browser =>
    uses.reduce<Requirement>(
      (highest, use) => {
        const version = supportOf(use.feature)?.[browser] ?? Number.POSITIVE_INFINITY;
        return version > highest.version ? { version, use } : highest;
      },
      { version: 0, use: undefined },
    ),
  );
}

function memberOf(node: unknown, member: string): unknown[] {
  return [member, `${member.replace(/^on/, '')}_event`].map(name => at(node, name));
}

function versionOf(support: Statement | readonly Statement[]): number {
  const plain = [support].flat().filter(one => !one.flags && !one.prefix && !one.alternative_name);
  const versions = plain.map(({ version_added }) => Number.parseFloat(String(version_added).replace('≤', '')));
  return Math.min(Number.POSITIVE_INFINITY, ...versions.filter(version => !Number.isNaN(version)));
}

function inEach<T>(make: (browser: Browser) => T): OfBrowsers<T> {
  return Object.fromEntries(Object.keys(browsers).map(browser => [browser, make(browser as Browser)])) as OfBrowsers<T>;
}

function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (Object(inner) === inner ? Reflect.get(inner as object, key) : undefined), node);
}
