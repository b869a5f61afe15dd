import { AuthError } from '../errors.js';

/** What the value of an option must be. `null` and `undefined` count as unset. */
export type OptionRule = readonly [name: string, expected: string, isValid: (value: unknown) => boolean];

/**
 * Checks options. An accessor is not called, since its value may not be available yet.
 *
 * @param path prefix of the names in the error
 * @throws {AuthError} `invalid_configuration`; the message names the option, but not its value, which may be a secret
 */
export function checkOptions(options: object, rules: readonly OptionRule[], path = ''): void {
  for (const [name, expected, isValid] of rules) {
    const value: unknown = Object.getOwnPropertyDescriptor(options, name)?.value;
    if (value === undefined || value === null || isValid(value)) continue;
    throw new AuthError('invalid_configuration', `The option "${path}${name}" must be ${expected}.`);
  }
}

/** Returns the rule for an option that is a function. */
export function functionRule(name: string): OptionRule {
  return [name, 'a function', value => typeof value === 'function'];
}

/** Returns the rule for a time limit. */
export function secondsRule(name: string): OptionRule {
  return [name, 'a number of seconds, 0 or more', value => Number.isFinite(value) && (value as number) >= 0];
}

/** Returns the rule for a flag. */
export function booleanRule(name: string): OptionRule {
  return [name, 'true or false', value => typeof value === 'boolean'];
}

/** Returns the rule for a name or a URL. */
export function textRule(name: string): OptionRule {
  return [name, 'a string that is not empty', value => typeof value === 'string' && value !== ''];
}

/** Returns the rule for an option with several fixed values. */
export function choiceRule(name: string, ...values: readonly string[]): OptionRule {
  return [name, `one of ${values.join(', ')}`, value => values.includes(value as string)];
}

/** Returns the rule for an option that is an object. */
export function objectRule(name: string): OptionRule {
  return [name, 'an object', value => typeof value === 'object'];
}
