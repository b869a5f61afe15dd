import { AuthError } from '../errors.js';
import type { LiveSession } from '../session/session-state.js';
import type { TokenSet } from '../session/token-set.js';

const rememberedTokens = 16;

/** The header values that requests carried lately, and the session that each of them belongs to. */
export class SentTokens {
  private readonly sessions = new Map<string, LiveSession>();
  private latest: { readonly live: LiveSession; readonly value: string } | undefined;

  constructor(
    private readonly headerName: string,
    private readonly schemeOf: (live: LiveSession) => string,
    private readonly tokenOf: (tokens: TokenSet) => string,
  ) {}

  /**
   * The header value that carries the session's access token.
   *
   * @throws {AuthError} `invalid_token_response` if no header can carry the token
   */
  valueOf(live: LiveSession): string {
    if (this.latest?.live.tokens !== live.tokens) this.latest = { live, value: this.remember(live) };
    return this.latest.value;
  }

  /** The session whose access token the request carries. Undefined for a header of the caller's own. */
  sessionOf(value: string | null): LiveSession | undefined {
    return value === null ? undefined : this.sessions.get(value);
  }

  private remember(live: LiveSession): string {
    const scheme = this.schemeOf(live);
    const value = this.normalized(`${scheme}${scheme && ' '}${this.tokenOf(live.tokens)}`);
    this.sessions.set(value, live);
    for (const oldest of this.sessions.keys()) {
      if (this.sessions.size <= rememberedTokens) break;
      this.sessions.delete(oldest);
    }
    return value;
  }

  /** Headers drop white space around a value, so what a request carries differs from what was set. */
  private normalized(value: string): string {
    try {
      return new Headers({ [this.headerName]: value }).get(this.headerName) as string;
    } catch {
      // The browser's own message can hold the token.
      throw new AuthError('invalid_token_response', 'The access token has characters that no HTTP header can carry.');
    }
  }
}
