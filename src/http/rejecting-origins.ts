const pauseMs = 60_000;
const rejectionsBeforePause = 3;

/** Stops refreshing for an origin that keeps rejecting the tokens of replays: another one would not help. */
export class RejectingOrigins {
  /** By origin: the tokens that it rejected in replays, and when. */
  private readonly rejections = new Map<string, Map<string, number>>();

  /** Records that an origin rejected a replay as well. @param token identifies the token that the replay carried */
  add(url: string, token: string, now: number): void {
    this.rejections.set(originOf(url), this.recent(url, now).set(token, now));
  }

  /** Whether the origin has rejected three tokens in replays within a minute. */
  isPaused(url: string, now: number): boolean {
    return this.recent(url, now).size >= rejectionsBeforePause;
  }

  private recent(url: string, now: number): Map<string, number> {
    return new Map([...(this.rejections.get(originOf(url)) || [])].filter(([, at]) => now - at < pauseMs));
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}
