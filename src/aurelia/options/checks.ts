import { unknownOption } from '../../core.js';

/**
 * Returns what is wrong or risky about the value of an option, one sentence for each finding.
 *
 * @param name the option's name
 */
export type Check<Value, Settings> = (value: Value, settings: Settings, name: string) => readonly string[];

/**
 * The checks of a group of options, by the name of the option.
 *
 * @typeParam Settings the options that the checks read
 */
export type Checks<Options, Settings = Required<Options>> = {
  readonly [Name in keyof Options]?: Check<Required<Options>[Name], Settings>;
};

/** Returns the check of an option that is an object: it reports unknown names. */
export function hasOnly(...names: readonly string[]): Check<unknown, unknown> {
  return (value, _settings, option) =>
    Object.keys(Object(value))
      .filter(name => !names.includes(name))
      .map(name => unknownOption(name, names, `${option}.`));
}

/** Returns the check of an option that has one of several values. Other types than strings pass. */
export function isOneOf(...values: readonly string[]): Check<unknown, unknown> {
  return (value, _settings, option) =>
    typeof value !== 'string' || values.includes(value)
      ? []
      : [`"${option}" is "${value}": expected "${values.join('" or "')}".`];
}

/** Reports a value that is not a number of seconds. */
export function isSeconds(value: unknown, _settings: unknown, option: string): readonly string[] {
  return value === null || (typeof value === 'number' && value >= 0)
    ? []
    : [`"${option}" must be a number of seconds.`];
}
