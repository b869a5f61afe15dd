/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case. A parameter that occurs twice has its first value. */
  readonly parameters: ReadonlyMap<string, string>;
  /** A value without a name, as in `Negotiate YII=`. */
  readonly token68?: string;
}

/** What can help a request that was rejected. */
export type Remedy = 'new-proof' | 'new-token' | 'step-up';

const token = "[!#$%&'*+.^_`|~\\w-]+";
const parameterAt = new RegExp(
  `(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))(?=[ \\t]*(?:,|$))`,
  'y',
);
const schemeAt = new RegExp(`(${token})(?:[ \\t]+([\\w.~+/-]+=*)(?=[ \\t]*(?:,|$))|(?=[ \\t,]|$))`, 'y');
const separatorAt = /[ \t,]*/y;
const restAt = /[^,]*/y;

/**
 * Parses the value of a `WWW-Authenticate` header. Never throws: what does not follow the grammar is left out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function challenges(header: string): Challenge[] {
  const found: { scheme: string; parameters: Map<string, string>; token68?: string }[] = [];
  let position = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(header);
    if (match) position = pattern.lastIndex;
    return match;
  };
  for (next(separatorAt); position < header.length; next(separatorAt)) {
    const parameter = next(parameterAt);
    // A comma follows a parameter, never a scheme.
    const scheme = next(schemeAt);
    if (scheme) {
      const [, name, token68] = scheme as unknown as [string, string, string?];
      found.push({ scheme: name.toLowerCase(), parameters: new Map(), ...(token68 !== undefined && { token68 }) });
    } else if (parameter) {
      const [, written, quoted, plain] = parameter as unknown as [string, string, string?, string?];
      const name = written.toLowerCase();
      const known = found[found.length - 1]?.parameters;
      if (known && !known.has(name)) known.set(name, plain ?? unquoted(quoted as string));
    } else {
      next(restAt);
    }
  }
  return found;
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/**
 * Returns the challenge that says why the token was rejected: the first one with an `error`. Undefined if the server gave no
 * reason, or if CORS hides the header.
 *
 * @param scheme authentication scheme of the request, beside `Bearer` and `DPoP`
 */
export function tokenChallenge({ headers }: Response, scheme = ''): Challenge | undefined {
  const schemes = ['bearer', 'dpop', scheme.toLowerCase()];
  return challenges(headers.get('WWW-Authenticate') || '').find(
    challenge => schemes.includes(challenge.scheme) && challenge.parameters.get('error'),
  );
}

/**
 * Returns the error code of {@link tokenChallenge}, for programs and reports. `unknown_error` if it does not look like a code: a
 * report must not hold other texts of a server.
 */
export function challengeError(response: Response, scheme?: string): string | undefined {
  const error = tokenChallenge(response, scheme)?.parameters.get('error');
  return error === undefined || /^[\w.-]{1,64}$/.test(error) ? error : 'unknown_error';
}

/**
 * Returns what can help a rejected request. A 401 without an error code, or with `invalid_token`, is a matter of another token
 * (RFC 6750 §3.1). Undefined if nothing can.
 */
export function remedyFor({ status }: Response, error: string | undefined): Remedy | undefined {
  if (status === 401 && (error === undefined || error === 'invalid_token')) return 'new-token';
  const isStepUp = error === 'insufficient_user_authentication' || error === 'insufficient_scope';
  return isStepUp && (status === 401 || status === 403) ? 'step-up' : undefined;
}
