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
