import { AuthError } from '../errors.js';
import { unknownOption } from './unknown-option.js';

/**
 * What the value of an option must be: results of `typeof`, `seconds` (a number that is not negative), `text` (a string that is
 * not empty), one of several values, or a string that matches. `, required` after the kind is for an option that must be set.
 */
export type OptionKind = string | readonly string[] | RegExp;

/** The kinds of options, by name. */
export type OptionKinds = Readonly<Record<string, OptionKind>>;

/**
 * Checks names and values of options, so that a misspelt option is not ignored. `null` and `undefined` count as unset. An accessor
 * is not called, since its value may not be available yet. An instance of a class may have members of its own.
 *
 * @param path prefix of the names in the error
 * @throws {AuthError} `invalid_configuration`; the message names the option, but not its value, which may be a secret
 */
export function checkOptions(options: object, kinds: OptionKinds, path = ''): void {
  const own = Object.getOwnPropertyDescriptors(options);
  for (const name of Object.keys({ ...own, ...kinds })) {
    const kind = kinds[name];
    const { value, get }: { value?: unknown; get?: unknown } = own[name] || { get: name in options };
    if (kind ? get || isOf(kind, value) : options.constructor !== Object) continue;
    throw new AuthError(
      'invalid_configuration',
      kind
        ? `The option "${path}${name}" is invalid, expected: ${[kind].flat().join(' or ')}.`
        : unknownOption(name, Object.keys(kinds), path),
    );
  }
}

function isOf(kind: OptionKind, value: unknown): boolean {
  if (value == null) return !/required$/.test(kind as string);
  if (kind instanceof RegExp) return kind.test(String(value));
  if (kind.includes('seconds')) return Number.isFinite(value) && (value as number) >= 0;
  if (kind.includes('text')) return typeof value === 'string' && value !== '';
  return kind.includes(typeof kind === 'string' ? typeof value : (value as string));
}
