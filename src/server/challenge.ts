/** A parameter of a challenge. Unset parameters are left out. */
export type ChallengeParameters = Readonly<Record<string, string | number | undefined>>;

/**
 * Returns the value of a `WWW-Authenticate` header. Characters that RFC 6750 does not allow are replaced.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function challenge(scheme: 'Bearer' | 'DPoP', parameters: ChallengeParameters = {}): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(String(value))}"`],
  );
  return pairs.length === 0 ? scheme : `${scheme} ${pairs.join(', ')}`;
}

const maxLength = 500;

/** Replaces characters that a quoted parameter must not contain. Shortens long texts, since header fields have a limit. */
function quotable(text: string): string {
  const clean = text.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu, '?');
  return clean === '' ? '-' : clean.slice(0, maxLength);
}
