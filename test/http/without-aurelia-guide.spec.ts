import { authorizedFetch, session, signIn, signOut, whenSignedIn } from '../../doc/guides/without-aurelia/session.js';
import { AuthError } from '../../src/core.js';
import { FakeTokenServer } from '../../src/testing.js';

describe('the guide to a session without Aurelia', () => {
  let server: FakeTokenServer;
  let aheadMs: number;
  let respondToLogin: () => Response | Promise<Response>;

  beforeEach(() => {
    aheadMs = 0;
    const [wall, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)];
    spyOn(Date, 'now').and.callFake(() => wall() + aheadMs);
    spyOn(performance, 'now').and.callFake(() => monotonic() + aheadMs);
    server = new FakeTokenServer({
      clock: { now: () => Date.now(), after: () => () => undefined },
      tokenPath: '/auth/login',
    });
    respondToLogin = () => Response.json(server.logIn());
    spyOn(globalThis, 'fetch').and.callFake(async (input, init) =>
      String(init?.body).includes('password') ? respondToLogin() : server.fetch(input, init),
    );
  });

  afterEach(() => session.logOut());

  it('signs in, refreshes once for all requests after a night, and signs out', async () => {
    const seen: boolean[] = [];
    const stop = whenSignedIn(isSignedIn => seen.push(isSignedIn));
    await signIn('ann@example.com', 'secret');
    expect((await authorizedFetch('/api/orders')).status).toBe(200);
    aheadMs = 8 * 3_600_000;
    const responses = await Promise.all([1, 2, 3].map(id => authorizedFetch(`/api/orders/${id}`)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.refreshes.length).toBe(1);
    expect(server.calls.some(({ expired }) => expired)).toBeFalse();
    signOut();
    stop();
    expect(seen).toEqual([false, true, false]);
  });

  it('rejects with the response of the server to a wrong password', async () => {
    respondToLogin = () => new Response('wrong', { status: 401 });
    const refused: unknown = await signIn('ann@example.com', 'guess').catch((error: unknown) => error);
    expect(refused).toEqual(jasmine.objectContaining({ code: 'login_failed', status: 401 }));
    expect(session.state.status).toBe('logged-out');
  });

  it('stays signed out when the user signs out before the login response arrives', async () => {
    let respond = (_: Response): void => undefined;
    respondToLogin = () => new Promise(resolve => (respond = resolve));
    const outcome = signIn('ann@example.com', 'secret').catch((error: unknown) => error);
    signOut();
    respond(Response.json(server.logIn()));
    expect(await outcome).toEqual(jasmine.objectContaining({ name: AuthError.name, code: 'session_ended' }));
    expect(session.state.status).toBe('logged-out');
  });
});
