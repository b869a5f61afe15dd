import { hasExpired, type TokenSet } from '../session/token-set.js';

const pauseMs = 60_000;
const youngMs = 10_000;
const rejectionsBeforePause = 3;

/** Stops refreshing for an origin that keeps rejecting fresh tokens: another token would not help. */
export class RejectingOrigins {
  /** By origin: the fresh tokens that it rejected, and when. A token that expired on the way is not among them. */
  private readonly rejections = new Map<string, Map<TokenSet, number>>();

  /** Records that an origin rejected the tokens. Returns whether to leave it at that. */
  isPaused(url: string, tokens: TokenSet, now: number): boolean {
    const { origin } = new URL(url);
    const recent = new Map([...(this.rejections.get(origin) || [])].filter(([, at]) => now - at < pauseMs));
    const isPaused = !recent.has(tokens) && recent.size >= rejectionsBeforePause;
    const isFresh = now - tokens.receivedAt < youngMs && !hasExpired(tokens, now);
    if (!isPaused && isFresh) recent.set(tokens, now);
    this.rejections.set(origin, recent);
    return isPaused;
  }
}
