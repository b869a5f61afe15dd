/** The longest time that can be counted in milliseconds. */
const maxSeconds = Number.MAX_SAFE_INTEGER / 1000;

/** What the value of an option must be. */
export type OptionKind = keyof typeof kinds;

const kinds = {
  text: ['a non-empty string', value => typeof value === 'string' && value !== ''],
  texts: ['a non-empty string or a list of them', value => [value].flat().every(isText) && [value].flat().length > 0],
  'any text': ['a string', value => typeof value === 'string'],
  names: ['a list of non-empty strings', value => Array.isArray(value) && value.length > 0 && value.every(isText)],
  list: ['a list', Array.isArray],
  scopes: ['a list of scopes, each without spaces', value => Array.isArray(value) && value.every(isScope)],
  'text record': ['an object with string values', isTextRecord],
  flag: ['true or false', value => typeof value === 'boolean'],
  'client text': ['printable ASCII characters', value => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)],
  origin: ['an origin such as https://api.example.com', isOrigin],
  'http url': ['a URL such as https://login.example.com/jwks', isHttpUrl],
  object: ['an object', value => typeof value === 'object' && value !== null && !Array.isArray(value)],
  function: ['a function', value => typeof value === 'function'],
  clock: ['a function that returns epoch milliseconds', isClock],
  positive: ['an integer ≥ 1', value => Number.isSafeInteger(value) && Number(value) >= 1],
  natural: ['an integer ≥ 0', value => Number.isSafeInteger(value) && Number(value) >= 0],
  duration: ['a finite number ≥ 0', value => typeof value === 'number' && value >= 0 && value <= maxSeconds],
  any: ['a value', () => true],
} as const satisfies Record<string, readonly [description: string, accepts: (value: unknown) => boolean]>;

/** The kinds of the options of `T`. Options that must be set end with `!`. */
export type OptionKinds<T> = { readonly [Name in keyof Required<T>]: OptionKind | `${OptionKind}!` };

/**
 * Checks names and values of options, so that a misspelt option is not ignored.
 *
 * @param where the name of the function, for the message
 * @throws {TypeError} for an unknown name, a wrong value or a missing option
 */
export function checkOptions<T extends object>(where: string, options: T, known: OptionKinds<T>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${where}: the options must be an object.`);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name))
      throw new TypeError(`${where}: unknown option "${name}".${suggestion(name, known)}`);
  }
  for (const [name, rule] of Object.entries(known) as [string, OptionKind | `${OptionKind}!`][]) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined && !rule.endsWith('!')) continue;
    const [description, accepts] = kinds[rule.replace('!', '') as OptionKind];
    if (!accepts(value)) throw new TypeError(`${where}: ${name} must be ${description}.`);
  }
}

/** @throws {TypeError} if the object lacks a method */
export function checkMethods(where: string, value: unknown, ...methods: readonly string[]): void {
  const missing = methods.find(name => typeof Object(value)[name] !== 'function');
  if (missing !== undefined) throw new TypeError(`${where} has no method ${missing}.`);
}

function suggestion(name: string, known: object): string {
  const lower = name.toLowerCase();
  const distances = Object.keys(known).map((option): [string, number] => {
    const other = option.toLowerCase();
    return [option, other.startsWith(lower) || lower.startsWith(other) ? 0 : editDistance(lower, other)];
  });
  const [nearest] = distances.sort(([, a], [, b]) => a - b);
  if (nearest === undefined || nearest[1] > name.length / 2) return '';
  return ` Did you mean "${nearest[0]}"?`;
}

/** The number of characters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Returns whether a browser could send the value as an origin. @see https://www.rfc-editor.org/rfc/rfc6454#section-6.2 */
export function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^*]+$/.test(value)) return false;
  return URL.canParse(value) && new URL(value).origin === value;
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isClock(value: unknown): boolean {
  return typeof value === 'function' && Number.isFinite(value());
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
function isScope(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value);
}

function isTextRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(text => typeof text === 'string');
}
