import {
  AuthError,
  credentialsLogin,
  memoryStore,
  Session,
  sendCredentials,
  tokenResponse,
} from 'aurelia-auth-refresh/core';
import { TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** Creates a session and a login endpoint that responds as given. */
function loginEndpoint(respond: () => Response | Promise<Response>, readTokenResponse = tokenResponse) {
  const sent: Sent[] = [];
  const { ports } = new TestBrowser({
    clock: new TestClock(),
    fetch: () => Promise.reject(new Error('unused')),
  }).openTab();
  const session = new Session({ readTokenResponse }, { ...ports, store: memoryStore() });
  const fetch = async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return respond();
  };
  return { fetch, sent, session };
}

const tokens = () => new Response(JSON.stringify({ access_token: 'a', expires_in: 60, user: 'ada' }));
const ada = { email: 'ada@example.com', password: 'secret' };

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('credentialsLogin()', () => {
  it('sends the credentials as JSON by POST, signs in and returns the response body', async () => {
    const { fetch, sent, session } = loginEndpoint(tokens);
    expect(await credentialsLogin(session, ada, { url: '/auth/login' }, { fetch })).toEqual(
      jasmine.objectContaining({ user: 'ada' }),
    );
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in' }));
    const [{ url, init } = {} as Sent] = sent;
    expect([url, init.method, init.redirect, init.credentials]).toEqual([
      '/auth/login',
      'POST',
      'error',
      'same-origin',
    ]);
    expect(JSON.parse(String(init.body))).toEqual(ada);
  });

  for (const [what, credentials] of [
    ['FormData', formOf(ada)],
    ['URLSearchParams', new URLSearchParams(ada)],
  ] as const) {
    it(`accepts ${what}, and encodes a form with the parameters`, async () => {
      const { fetch, sent, session } = loginEndpoint(tokens);
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const options = { url: '/token', headers, parameters: { grant_type: 'password', client_id: 'web' } };
      await credentialsLogin(session, credentials, options, { fetch });
      expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.init.body)))).toEqual({
        ...ada,
        grant_type: 'password',
        client_id: 'web',
      });
    });
  }

  it('reads the response as the session does', async () => {
    const read = (body: unknown) => tokenResponse({ access_token: Reflect.get(Object(body), 'jwt') });
    const { fetch, session } = loginEndpoint(() => new Response('{"jwt":"j"}'), read);
    await credentialsLogin(session, ada, { url: '/in' }, { fetch });
    expect((await session.getFreshToken()).accessToken).toBe('j');
  });

  for (const status of [400, 401, 422, 429, 500]) {
    it(`rejects status ${status} with the unread response, and keeps the session`, async () => {
      const { fetch, session } = loginEndpoint(() => new Response('{"message":"no"}', { status }));
      const error = await credentialsLogin(session, ada, { url: '/in' }, { fetch }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AuthError);
      expect(error).toEqual(jasmine.objectContaining({ code: 'login_failed', status, retryable: false }));
      expect(await ((error as AuthError).cause as Response).json()).toEqual({ message: 'no' });
      expect(session.state.status).toBe('logged-out');
    });
  }

  it('rejects as retryable if the server is unreachable', async () => {
    const { fetch, session } = loginEndpoint(() => Promise.reject(new TypeError('Failed to fetch')));
    await expectAsync(credentialsLogin(session, ada, { url: '/in' }, { fetch })).toBeRejectedWith(
      jasmine.objectContaining({ code: 'login_failed', retryable: true }),
    );
  });

  it('rejects with the reason of an aborted signal', async () => {
    const abort = new AbortController();
    const { fetch, session } = loginEndpoint(() => Promise.reject(abort.signal.reason));
    const reason = new Error('enough');
    abort.abort(reason);
    const options = { url: '/in', signal: abort.signal };
    await expectAsync(credentialsLogin(session, ada, options, { fetch })).toBeRejectedWith(reason);
  });

  it('rejects a response without a token', async () => {
    for (const body of ['', '<html>', '{}', 'null']) {
      const { fetch, session } = loginEndpoint(() => new Response(body));
      await expectAsync(credentialsLogin(session, ada, { url: '/in' }, { fetch })).toBeRejectedWith(
        jasmine.objectContaining({ code: 'invalid_token_response' }),
      );
    }
  });

  it('does not sign in after a logout', async () => {
    const { fetch, session } = loginEndpoint(async () => {
      session.logOut();
      return tokens();
    });
    await expectAsync(credentialsLogin(session, ada, { url: '/in' }, { fetch })).toBeRejectedWith(
      jasmine.objectContaining({ code: 'session_ended' }),
    );
    expect(session.state.status).toBe('logged-out');
  });
});

describe('sendCredentials()', () => {
  it('returns the response body without signing in', async () => {
    const { fetch, session } = loginEndpoint(() => new Response('welcome'));
    expect(await sendCredentials(ada, { url: '/signup' }, { fetch })).toBe('welcome');
    expect(session.state.status).toBe('logged-out');
  });
});
