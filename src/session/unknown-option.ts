/**
 * Returns the message for an option that does not exist, with the one that was probably meant.
 *
 * @param path prefix of the names in the message
 */
export function unknownOption(name: string, names: readonly string[], path = ''): string {
  const nearest = names.reduce((best, known) => (likeness(name, known) > likeness(name, best) ? known : best), '');
  const suggestion = likeness(name, nearest) > 1 / 8 ? ` Did you mean "${nearest}"?` : '';
  return `There is no option "${path}${name}".${suggestion}`;
}

/** Returns the share of the letters that two names have in common at their beginning and end. */
function likeness(one: string, other: string): number {
  const both = `${one}\n${other}`;
  return both.replace(/^(.*).*?(.*)\n\1.*\2$/i, '$1$2').length / both.length;
}
