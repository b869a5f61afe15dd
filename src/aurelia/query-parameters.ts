/** Returns URL parameters for the properties of an object. An array adds one parameter per item, with brackets after its name. */
export function parameters(values: Readonly<Record<string, unknown>>): URLSearchParams {
  const result = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) for (const item of value) result.append(`${name}[]`, String(item));
    else if (value !== undefined && value !== null) result.append(name, String(value));
  }
  return result;
}
