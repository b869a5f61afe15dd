import type { TokenSet } from '../../src/core.js';
import { RejectingOrigins } from '../../src/http/rejecting-origins.js';

const url = 'https://api.example/x';

/** Tokens that were received at an instant. */
function tokens(receivedAt: number): TokenSet {
  return { accessToken: `at-${receivedAt}`, tokenType: 'Bearer', receivedAt } as TokenSet;
}

describe('an origin that rejects tokens', () => {
  it('is paused at the fourth young token within a minute', () => {
    const origins = new RejectingOrigins();
    const paused = [0, 1, 2, 3].map(at => origins.isPaused(url, tokens(at), at));
    expect(paused).toEqual([false, false, false, true]);
    expect(origins.isPaused('https://other.example/x', tokens(4), 4)).toBeFalse();
  });

  it('is not paused for a token that is among the rejected ones', () => {
    const origins = new RejectingOrigins();
    const third = tokens(2);
    for (const each of [tokens(0), tokens(1), third]) origins.isPaused(url, each, 3);
    expect(origins.isPaused(url, third, 4)).toBeFalse();
    expect(origins.isPaused(url, tokens(5), 5)).toBeTrue();
  });

  it('is not paused by tokens of ten seconds and older', () => {
    for (const [age, isPaused] of [
      [9_999, true],
      [10_000, false],
    ] as const) {
      const origins = new RejectingOrigins();
      for (const at of [0, 1, 2]) origins.isPaused(url, tokens(at - age), at);
      expect(origins.isPaused(url, tokens(3), 3)).toBe(isPaused);
    }
  });

  it('is not paused by tokens that have expired when it rejects them', () => {
    for (const [leftMs, isPaused] of [
      [1, true],
      [0, false],
    ] as const) {
      const origins = new RejectingOrigins();
      for (const at of [0, 6_000, 12_000])
        origins.isPaused(url, { ...tokens(at), expiresAt: at + 6_000 }, at + 6_000 - leftMs);
      expect(origins.isPaused(url, tokens(18_000), 18_000)).toBe(isPaused);
    }
  });

  it('is no longer paused a minute after the first of three rejections', () => {
    const origins = new RejectingOrigins();
    for (const at of [0, 1, 2]) origins.isPaused(url, tokens(at), at);
    expect(origins.isPaused(url, tokens(59_999), 59_999)).toBeTrue();
    expect(origins.isPaused(url, tokens(60_000), 60_000)).toBeFalse();
  });
});
