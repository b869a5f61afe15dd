import { AuthError, Bearer, isLoggedIn, stepUp } from '../../src/core.js';
import { json } from './support/hostile-provider.js';
import { TestPage, type TestPageOptions, until } from './support/test-page.js';

const api = 'https://api.example';

/** A page with an API that demands another authentication until `isSatisfied`. */
async function steppedUpPage(challenge: string, options: TestPageOptions = {}) {
  const page = new TestPage({ scope: 'openid orders', ...options });
  await page.signIn();
  const sent: Request[] = [];
  const first = page.session.freshToken()?.accessToken;
  const bearer = new Bearer(page.session, {
    protects: url => url.startsWith(api),
    stepUp: stepUp(demand => page.oidc.stepUp(page.session, demand)),
    fetch: async request => {
      sent.push(request);
      const isFirst = request.headers.get('Authorization') === `Bearer ${first}`;
      return isFirst ? json({}, 401, { 'WWW-Authenticate': challenge }) : json({});
    },
  });
  return { page, bearer, sent };
}

/** Completes the sign-in in the popup. Returns the parameters of its authorization request. */
async function completePopup(page: TestPage): Promise<Record<string, string>> {
  await until(() => page.popups[0]?.navigatedTo !== undefined);
  const [popup] = page.popups;
  const url = popup?.navigatedTo ?? '';
  page.relay(page.provider.authorize(url), popup?.window);
  return Object.fromEntries(new URL(url).searchParams);
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.code : String(error)),
  );
}

describe('step-up authentication at an OpenID provider', () => {
  const acr = 'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="60"';

  it('signs in by popup with acr_values and max_age, and the request is sent once more', async () => {
    const { page, bearer, sent } = await steppedUpPage(acr);
    page.provider.overrides = {
      idToken: claims => Object.assign(claims, { acr: 'gold', auth_time: claims['iat'] }),
    };
    const { idToken } = page.session.freshToken() ?? {};
    const response = bearer.fetch(`${api}/transfers`, { method: 'POST', body: '100' });
    const request = await completePopup(page);
    expect((await response).status).toBe(200);
    expect(request).toEqual(
      jasmine.objectContaining({ acr_values: 'gold silver', max_age: '60', scope: 'openid orders' }),
    );
    expect(request['id_token_hint']).toBe(idToken ?? '');
    expect(await Promise.all(sent.map(each => each.text()))).toEqual(['100', '100']);
    expect(page.session.freshToken()?.idClaims?.['acr']).toBe('gold');
  });

  it('adds the scope of insufficient_scope to the configured one', async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="orders refunds"';
    const { page, bearer } = await steppedUpPage(challenge);
    const response = bearer.fetch(`${api}/refunds`);
    const { scope } = await completePopup(page);
    expect(scope).toBe('openid orders refunds');
    expect((await response).status).toBe(200);
  });

  it('rejects an authentication that is older than max_age', async () => {
    const { page } = await steppedUpPage(acr);
    page.provider.overrides = {
      idToken: claims => Object.assign(claims, { auth_time: Number(claims['iat']) - 3600 }),
    };
    const code = codeOf(page.oidc.stepUp(page.session, { maxAgeSeconds: 60 }));
    await completePopup(page);
    expect(await code).toBe('untrusted_response');
  });

  it('keeps the session when another user signs in, and revokes the tokens of that user', async () => {
    const { page, bearer, sent } = await steppedUpPage(acr);
    const { state } = page.session;
    page.provider.subject = 'eve';
    page.provider.overrides = { idToken: claims => Object.assign(claims, { auth_time: claims['iat'] }) };
    const transfer = codeOf(bearer.fetch(`${api}/transfers`, { method: 'POST', body: '100' }));
    const code = codeOf(page.oidc.stepUp(page.session, { acrValues: 'gold' }));
    await until(() => page.popups.length === 2 && page.popups.every(({ navigatedTo }) => navigatedTo));
    for (const { navigatedTo = '', window } of page.popups) page.relay(page.provider.authorize(navigatedTo), window);
    expect(await code).toBe('subject_mismatch');
    expect(await transfer).toBe('subject_mismatch');
    expect(page.session.state).toBe(state);
    expect(sent.length).toBe(1);
    await until(() => page.provider.requests.some(({ path, body }) => path === '/revoke' && body.has('token')));
  });

  it('rejects when the user signed out or changed meanwhile', async () => {
    const during: [change: (page: TestPage) => void, code: string | undefined][] = [
      [page => page.session.logOut(), 'session_ended'],
      [page => page.session.logIn({ access_token: 'of bea', expires_in: 600 }), 'session_changed'],
    ];
    for (const [change, code] of during) {
      const page = new TestPage();
      await page.signIn();
      const result = codeOf(page.oidc.stepUp(page.session, { acrValues: 'gold' }));
      await until(() => page.popups[0]?.navigatedTo !== undefined);
      page.provider.overrides = { tokens: () => change(page) };
      await completePopup(page);
      expect(await result).toBe(code);
    }
  });

  it('needs a user who is signed in by this provider, and an id token to recognise that user', async () => {
    const page = new TestPage();
    expect(await codeOf(page.oidc.stepUp(page.session, {}))).toBe('no_session');
    page.session.logIn({ access_token: 'own', expires_in: 600 });
    expect(await codeOf(page.oidc.stepUp(page.session, {}))).toBe('no_session');
    const plain = new TestPage({ scope: 'orders' });
    plain.session.logIn({ access_token: 'own', expires_in: 600 });
    expect(await codeOf(plain.oidc.stepUp(plain.session, {}))).toBe('invalid_configuration');
    expect(isLoggedIn(plain.session.state)).toBeTrue();
    expect([...page.popups, ...plain.popups]).toEqual([]);
  });
});
