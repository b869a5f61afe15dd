import { ended } from '../session/support.js';
import { api, houseWithBearer, type WithBearer } from './support.js';

/** An API that rejects the first token, or each token, with a challenge. */
function challenging(challenge: string | undefined, { status = 401, always = true } = {}): WithBearer {
  let responses = 0;
  const all: WithBearer = houseWithBearer({
    fetch: async request => {
      await all.server.fetch(request);
      const headers = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
      return always || responses++ === 0 ? new Response('no', { status, headers }) : new Response('yes');
    },
  });
  all.session.logIn(all.server.logIn());
  return all;
}

const post: RequestInit = { method: 'POST', body: '{}' };

describe('a rejected request', () => {
  for (const challenge of [
    undefined,
    'Bearer',
    'Bearer realm="api"',
    'Bearer error="invalid_token"',
    'Basic realm="x", Bearer realm="y, Basic", error=invalid_token',
    'bearer ERROR="invalid_token", error_description="a \\"quoted\\" reason, error=invalid_request"',
    'DPoP algs="ES256", error="invalid_token"',
    'Basic error="invalid_request"',
    'Bearer error=',
    'Bearer error=""',
    'Bearer error="invalid_request',
  ]) {
    it(`is replayed after a refresh: 401 with ${challenge}`, async () => {
      const { bearer, server } = challenging(challenge, { always: false });
      expect((await bearer.fetch(`${api}/x`, post)).status).toBe(200);
      expect(server.calls.length).toBe(2);
      expect(server.refreshes.length).toBe(1);
    });
  }

  for (const [status, challenge] of [
    [401, 'Bearer error="invalid_request"'],
    [401, 'Bearer error="insufficient_scope", scope="a b"'],
    [401, 'Bearer error="insufficient_user_authentication", acr_values="gold"'],
    [401, 'Basic realm="x", Bearer realm="y", error="insufficient_user_authentication", max_age=60'],
    [401, 'Bearer error="use_dpop_nonce"'],
    [401, 'DPoP error="invalid_dpop_proof"'],
    [403, 'Bearer error="insufficient_scope"'],
    [403, undefined],
  ] as const) {
    it(`comes back without a refresh, and does not pause its origin: ${status} with ${challenge}`, async () => {
      const { bearer, server, activities } = challenging(challenge, { status });
      for (let round = 0; round < 10; round++) {
        const response = await bearer.fetch(`${api}/x`, post);
        expect(response.status).toBe(status);
        expect(response.bodyUsed).toBeFalse();
      }
      expect(server.calls.length).toBe(10);
      expect(server.refreshes.length).toBe(0);
      expect(activities.some(({ type }) => type === 'paused')).toBeFalse();
    });
  }

  it('does not end the session if the server rejects the refreshed token too', async () => {
    const { bearer, server, session } = challenging('Bearer error="invalid_token"');
    expect((await bearer.fetch(`${api}/x`, post)).status).toBe(401);
    expect(server.calls.length).toBe(2);
    expect(ended(session)).toBeUndefined();
  });

  it('calls each listener with the status and the error code', async () => {
    const { bearer, activities, clock } = challenging('Bearer error="insufficient_scope"');
    const others: unknown[] = [];
    const stop = bearer.subscribe(activity => others.push(activity));
    const url = `${api}/x`;
    await bearer.fetch(url);
    stop();
    await bearer.fetch(url);
    const request = { at: clock.now(), url, method: 'GET' } as const;
    const told = [
      { type: 'sent', ...request },
      { type: 'rejected', ...request, status: 401, error: 'insufficient_scope' },
      { type: 'responded', ...request, status: 401 },
    ] as const;
    expect(activities).toEqual([...told, ...told]);
    expect(others).toEqual([...told]);
  });

  it('is counted in the diagnosis, by status and error code', async () => {
    const challenges = [
      'Bearer error="invalid_token"',
      'Bearer error="invalid_token"',
      'Bearer error="insufficient_scope"',
      'Bearer',
      `Bearer error="${'x'.repeat(65)}"`,
    ];
    const { bearer, session, server } = houseWithBearer({
      fetch: async () => {
        return new Response('', { status: 401, headers: { 'WWW-Authenticate': challenges.shift() ?? '' } });
      },
    });
    session.logIn(server.logIn());
    expect(session.diagnose().rejections).toBeUndefined();
    while (challenges.length > 0) await bearer.fetch(`${api}/x`, { replay: false });
    expect(session.diagnose().rejections).toEqual({
      '401 invalid_token': 2,
      '401 insufficient_scope': 1,
      '401': 1,
      '401 unknown_error': 1,
    });
  });

  it('is counted for twenty error codes at most', async () => {
    let code = 0;
    const { bearer, session, server } = houseWithBearer({
      fetch: async () => {
        return new Response('', { status: 401, headers: { 'WWW-Authenticate': `Bearer error="code_${code++}"` } });
      },
    });
    session.logIn(server.logIn());
    for (let round = 0; round < 30; round++) await bearer.fetch(`${api}/x`);
    expect(Object.keys(session.diagnose().rejections ?? {}).length).toBe(20);
    expect(session.diagnose().rejections?.['401 code_0']).toBe(1);
    code = 0;
    await bearer.fetch(`${api}/x`, { replay: false });
    expect(session.diagnose().rejections?.['401 code_0']).toBe(2);
  });
});
