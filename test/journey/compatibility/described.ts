/** A text for a value, a promise's outcome or an exception. Two libraries behave alike where the texts are equal. */
export async function described(observe: () => unknown): Promise<string> {
  try {
    return text(await observe());
  } catch (error) {
    return `throws ${text(error)}`;
  }
}

function text(value: unknown): string {
  if (value instanceof Response) return `Response ${value.status}`;
  // Applications tell errors apart by what they are, or by a message that a row asks for on its own.
  if (value instanceof Error) return 'an error';
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value).replace(/[\w-]+\.[\w-]+\.unsigned/g, 'a JWT');
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return `a ${value.constructor?.name ?? 'null object'}`;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, one]) => `${name}: ${text(one)}`).join(', ')}}`;
}
