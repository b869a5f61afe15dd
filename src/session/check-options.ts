import { AuthError } from '../errors.js';

/**
 * What the value of an option must be: results of `typeof`, `seconds` (a number that is not negative), `text` (a string that is
 * not empty), one of several values, or a string that matches.
 */
export type OptionKind = string | readonly string[] | RegExp;

/** The kinds of options, by name. */
export type OptionKinds = Readonly<Record<string, OptionKind>>;

/**
 * Checks options. `null` and `undefined` count as unset. An accessor is not called, since its value may not be available yet.
 *
 * @param path prefix of the names in the error
 * @throws {AuthError} `invalid_configuration`; the message names the option, but not its value, which may be a secret
 */
export function checkOptions(options: object, kinds: OptionKinds, path = ''): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const value: unknown = Object.getOwnPropertyDescriptor(options, name)?.value ?? undefined;
    if (value === undefined || isOf(kind, value)) continue;
    const expected = Array.isArray(kind) ? `one of ${kind.join(', ')}` : kind;
    throw new AuthError('invalid_configuration', `The option "${path}${name}" is not valid, expected: ${expected}.`);
  }
}

function isOf(kind: OptionKind, value: unknown): boolean {
  if (kind === 'seconds') return Number.isFinite(value) && (value as number) >= 0;
  if (kind === 'text') return typeof value === 'string' && value !== '';
  if (kind instanceof RegExp) return kind.test(String(value));
  return typeof kind === 'string' ? kind.split(' or ').includes(typeof value) : kind.includes(value as string);
}
