import { AuthError, type StepUpError, stepUp, stepUpError } from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { code, rejection, standing } from '../session/support.js';
import { api, houseWithBearer, type WithBearer } from './support.js';

const demand = 'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="300"';

interface Stepping extends WithBearer {
  /** What the app was asked for. */
  readonly demands: StepUpError[];
  /** Finishes the oldest authentication that the app was asked for. */
  finish(outcome: () => unknown): Promise<void>;
}

/** An API that demands a step-up of tokens that were issued before {@link Stepping.finish}. */
function stepping(challengeOf: (request: Request) => string = () => demand, status = 401): Stepping {
  const demands: StepUpError[] = [];
  const pending: ((outcome: () => unknown) => void)[] = [];
  const authenticate = (error: StepUpError) => {
    demands.push(error);
    return new Promise((resolve, reject) => {
      pending.push(outcome => {
        try {
          resolve(outcome());
        } catch (reason) {
          reject(reason);
        }
      });
    });
  };
  const all: WithBearer = houseWithBearer({
    stepUp: stepUp(authenticate),
    fetch: async request => {
      const response = await all.server.fetch(request);
      const isHigh = all.server.calls.at(-1)?.accessToken !== first;
      const headers = { 'WWW-Authenticate': challengeOf(request) };
      return response.ok && !isHigh ? new Response('no', { status, headers }) : response;
    },
  });
  const first = all.session.logIn(all.server.logIn('ann')).accessToken;
  const finish = async (outcome: () => unknown) => {
    await settled();
    pending.shift()?.(outcome);
    await settled();
  };
  return { ...all, demands, finish };
}

const post: RequestInit = { method: 'POST', body: '{"amount":1}' };

describe('a step-up', () => {
  for (const [what, challenge, expected] of [
    ['everything', demand, ['insufficient_user_authentication', 'gold silver', 300, undefined]],
    ['nothing in particular', 'Bearer error="insufficient_user_authentication"', ['insufficient_user_authentication']],
    [
      'max_age as a token',
      'Bearer error=insufficient_user_authentication, max_age=0',
      ['insufficient_user_authentication', undefined, 0],
    ],
    [
      'max_age that is no number',
      'Bearer error=insufficient_user_authentication, max_age=soon',
      ['insufficient_user_authentication'],
    ],
    [
      'max_age that is negative',
      'Bearer error=insufficient_user_authentication, max_age=-1',
      ['insufficient_user_authentication'],
    ],
    ['scopes', 'Bearer error="insufficient_scope", scope="a b"', ['insufficient_scope', undefined, undefined, 'a b']],
    [
      'a challenge among others',
      `Basic realm="x, y", ${demand}`,
      ['insufficient_user_authentication', 'gold silver', 300],
    ],
  ] as const) {
    it(`is a typed error with what the challenge demands: ${what}`, () => {
      const headers = { 'WWW-Authenticate': challenge };
      const error = stepUpError(new Response('', { status: 401, headers }));
      expect(error).toBeInstanceOf(AuthError);
      expect(code(error)).toBe('step_up_required');
      const { oauthError, acrValues, maxAgeSeconds, scope, status } = error as StepUpError;
      const [error_, acr, age, scopes] = expected;
      expect([status, oauthError, acrValues, maxAgeSeconds, scope]).toEqual([401, error_, acr, age, scopes]);
    });
  }

  it('has a message for people', () => {
    const headers = { 'WWW-Authenticate': demand };
    expect(stepUpError(new Response('', { status: 403, headers }))?.message).toContain('another authentication');
  });

  it('is no error of another response', () => {
    for (const challenge of ['', 'Bearer error="invalid_token"', 'Basic error="insufficient_scope"'])
      expect(
        stepUpError(new Response('', { status: 401, headers: { 'WWW-Authenticate': challenge } })),
      ).toBeUndefined();
  });

  it('lets the app authenticate the user, and replays the request once with the new token', async () => {
    const { bearer, session, server, demands, finish, activities } = stepping();
    const response = bearer.fetch(`${api}/pay`, post);
    await finish(() => session.logIn(server.logIn('ann')));
    expect((await response).status).toBe(200);
    expect(demands.map(({ acrValues, maxAgeSeconds }) => [acrValues, maxAgeSeconds])).toEqual([['gold silver', 300]]);
    expect(server.calls.map(({ body }) => body)).toEqual(['{"amount":1}', '{"amount":1}']);
    expect(server.refreshes.length).toBe(0);
    expect(activities.map(({ type }) => type)).toEqual(['sent', 'rejected', 'step-up', 'replayed', 'responded']);
  });

  it('can raise the session at the server: the request is replayed after a refresh', async () => {
    const { bearer, server, finish } = stepping();
    const response = bearer.fetch(`${api}/pay`, post);
    await finish(() => undefined);
    expect((await response).status).toBe(200);
    expect(server.refreshes.length).toBe(1);
  });

  for (const status of [401, 403]) {
    it(`handles insufficient_scope with ${status}`, async () => {
      const challenge = 'Bearer error="insufficient_scope", scope="payments"';
      const { bearer, session, server, demands, finish } = stepping(() => challenge, status);
      const response = bearer.fetch(`${api}/pay`, post);
      await finish(() => session.logIn(server.logIn('ann')));
      expect((await response).status).toBe(200);
      expect(demands.map(({ scope }) => scope)).toEqual(['payments']);
    });
  }

  it('is not offered for a 403 with another error', async () => {
    const { bearer, demands, activities } = stepping(() => 'Bearer realm="x"', 403);
    expect((await bearer.fetch(`${api}/pay`, post)).status).toBe(403);
    expect(demands.length).toBe(0);
    expect(activities.map(({ type }) => type)).toEqual(['sent', 'responded']);
  });

  it('rejects the request if another user signed in', async () => {
    const { bearer, session, server, finish } = stepping();
    const response = bearer.fetch(`${api}/pay`, post);
    response.catch(() => undefined);
    await finish(() => session.logIn(server.logIn('bob')));
    expect(await rejection(response)).toBe('session_changed');
    expect(server.calls.length).toBe(1);
  });

  it('is over if the user signs out: the challenge comes back', async () => {
    const { bearer, session, server, demands, finish } = stepping();
    const url = `${api}/pay`;
    const response = bearer.fetch(url);
    await finish(() => session.logOut());
    expect((await response).status).toBe(401);
    expect(demands.length).toBe(1);
    expect(server.calls.length).toBe(1);
  });

  it('rejects the request with the reason for which the app could not authenticate the user', async () => {
    const { bearer, finish, server } = stepping();
    for (const reason of [new AuthError('popup_closed', 'closed'), new TypeError('a bug of the app')]) {
      const response = bearer.fetch(`${api}/pay`, post);
      response.catch(() => undefined);
      await finish(() => {
        throw reason;
      });
      expect((await standing(response)).error).toBe(reason);
    }
    expect(server.calls.length).toBe(2);
  });

  it('is one for all requests with the same demand, and one after the other for different ones', async () => {
    const acr = (request: Request) =>
      `Bearer error="insufficient_user_authentication", acr_values="${new URL(request.url).searchParams.get('acr')}"`;
    const { bearer, session, server, demands, finish } = stepping(acr);
    const responses = await sentInOrder(bearer, ['a', 'a', 'b', 'a']);
    expect(demands.map(({ acrValues }) => acrValues)).toEqual(['a']);
    await finish(() => session.logIn(server.logIn('ann')));
    expect(demands.map(({ acrValues }) => acrValues)).toEqual(['a', 'b']);
    await finish(() => session.logIn(server.logIn('ann')));
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('is one at a time, in the order of the demands', async () => {
    const acr = (request: Request) =>
      `Bearer error="insufficient_user_authentication", acr_values="${new URL(request.url).searchParams.get('acr')}"`;
    const { bearer, session, server, demands, finish } = stepping(acr);
    const responses = await sentInOrder(bearer, ['a', 'b', 'a', 'c']);
    for (const expected of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      await settled();
      expect(demands.map(({ acrValues }) => acrValues)).toEqual(expected);
      await finish(() => session.logIn(server.logIn('ann')));
    }
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('is not asked for again by a request with the same token whose response is late', async () => {
    const { bearer, session, server, demands, finish } = stepping();
    const request = await bearer.authorize(new Request(`${api}/late`, post));
    const first = bearer.fetch(`${api}/pay`, post);
    await finish(() => session.logIn(server.logIn('ann')));
    expect((await first).status).toBe(200);
    const late = new Response('no', { status: 401, headers: { 'WWW-Authenticate': demand } });
    expect((await bearer.handleResponse(late, request)).status).toBe(200);
    expect(demands.length).toBe(1);
  });

  it('is asked for again by a request with another demand, and by one with the next token', async () => {
    const { bearer, session, server, demands, finish } = stepping();
    const request = await bearer.authorize(new Request(`${api}/late`, post));
    const first = bearer.fetch(`${api}/pay`, post);
    await finish(() => session.logIn(server.logIn('ann')));
    await first;
    for (const [header, sent] of [
      ['Bearer error="insufficient_scope"', request],
      [demand, await bearer.authorize(new Request(`${api}/next`, post))],
    ] as const) {
      const rejected = new Response('no', { status: 401, headers: { 'WWW-Authenticate': header } });
      const response = bearer.handleResponse(rejected, sent);
      await finish(() => session.logIn(server.logIn('ann')));
      expect((await response).status).toBe(200);
    }
    expect(demands.length).toBe(3);
  });

  it('is asked for again after one that failed', async () => {
    const { bearer, session, server, demands, finish } = stepping();
    const first = bearer.fetch(`${api}/pay`);
    first.catch(() => undefined);
    await finish(() => {
      throw new AuthError('popup_closed', 'closed');
    });
    expect(await rejection(first)).toBe('popup_closed');
    const second = bearer.fetch(`${api}/pay`);
    await finish(() => session.logIn(server.logIn('ann')));
    expect((await second).status).toBe(200);
    expect(demands.length).toBe(2);
  });

  it('is not waited for once the request is aborted', async () => {
    const { bearer } = stepping();
    const controller = new AbortController();
    const response = bearer.fetch(`${api}/pay`, { ...post, signal: controller.signal });
    await settled();
    const reason = new Error('left the page');
    controller.abort(reason);
    expect((await standing(response)).error).toBe(reason);
  });

  it('is not offered to a request with replay: false, whose response says what to do', async () => {
    const { bearer, demands } = stepping();
    const response = await bearer.fetch(`${api}/pay`, { ...post, replay: false });
    expect(stepUpError(response)?.maxAgeSeconds).toBe(300);
    expect(demands.length).toBe(0);
  });

  it('does nothing for a response without a demand', async () => {
    const demands: unknown[] = [];
    const answer = stepUp(async error => demands.push(error));
    await answer(new Response('', { status: 401 }), new Request(api));
    expect(demands).toEqual([]);
  });
});

/** Sends each request after the response to the previous one: concurrent responses arrive in any order. */
async function sentInOrder({ fetch }: WithBearer['bearer'], demanded: readonly string[]): Promise<Promise<Response>[]> {
  const responses: Promise<Response>[] = [];
  for (const value of demanded) {
    responses.push(fetch(`${api}/pay?acr=${value}`));
    await settled();
  }
  return responses;
}
