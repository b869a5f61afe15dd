import { SentTokens } from '../../src/http/sent-tokens.js';
import type { LiveSession } from '../../src/session/session-state.js';
import { tokenSet } from '../../src/session/token-set.js';

describe('the header values that were sent', () => {
  it('are remembered for the last sixteen tokens', () => {
    const sent = new SentTokens(
      'Authorization',
      () => 'Bearer',
      ({ accessToken }) => accessToken,
    );
    const versions = Array.from({ length: 17 }, (_, generation): LiveSession => {
      const received = { accessToken: `access-${generation}`, tokenType: 'Bearer' as const, body: {} };
      return { epoch: 1, generation, tokens: tokenSet(received, { receivedAt: 0 }) };
    });
    const values = versions.map(version => sent.valueOf(version));
    expect(values.map(value => sent.sessionOf(value))).toEqual([undefined, ...versions.slice(1)]);
  });
});
