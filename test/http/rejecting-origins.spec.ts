import { RejectingOrigins } from '../../src/http/rejecting-origins.js';

const url = 'https://api.example/x';

/** Origins of which one rejected tokens in replays, one at each instant. */
function rejectingAt(...instants: readonly number[]): RejectingOrigins {
  const origins = new RejectingOrigins();
  for (const at of instants) origins.add(url, `token-${at}`, at);
  return origins;
}

describe('an origin that rejects replays', () => {
  it('is paused after three tokens within a minute', () => {
    expect(rejectingAt(0, 1).isPaused(url, 2)).toBeFalse();
    expect(rejectingAt(0, 1, 2).isPaused(url, 3)).toBeTrue();
    expect(rejectingAt(0, 1, 2).isPaused('https://api.example/another', 3)).toBeTrue();
    expect(rejectingAt(0, 1, 2).isPaused('https://other.example/x', 3)).toBeFalse();
  });

  it('is not paused by many requests with one token', () => {
    const origins = rejectingAt(0, 1);
    for (let count = 0; count < 100; count++) origins.add(url, 'token-1', 2);
    expect(origins.isPaused(url, 3)).toBeFalse();
  });

  it('is no longer paused a minute after the first of three rejections', () => {
    const origins = rejectingAt(0, 1, 2);
    expect(origins.isPaused(url, 59_999)).toBeTrue();
    expect(origins.isPaused(url, 60_000)).toBeFalse();
  });
});
