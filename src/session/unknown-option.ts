/**
 * Returns the message for an option that does not exist, with the one that was probably meant.
 *
 * @param path prefix of the names in the message
 */
export function unknownOption(name: string, names: readonly string[], path = ''): string {
  // The share of the letters that a known name has in common with this one, at the beginning and at the end.
  const likeness = (known: string): number => {
    const both = `${name}\n${known}`;
    return both.replace(/^(.*).*?(.*)\n\1.*\2$/i, '$1$2').length / both.length;
  };
  const nearest = names.reduce((best, known) => (likeness(known) > likeness(best) ? known : best), '');
  return `There is no option "${path}${name}".${likeness(nearest) > 1 / 8 ? ` Did you mean "${nearest}"?` : ''}`;
}
