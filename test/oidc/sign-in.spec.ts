import { AuthError, isLoggedIn, subjectOf } from '../../src/core.js';
import { TestClock } from '../../src/testing.js';
import { HostileProvider, issuer, json } from './support/hostile-provider.js';
import { app, browserStorage, TestPage, until } from './support/test-page.js';

/** Resolves to the error code of a rejected promise. */
async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.code : String(error)),
  );
}

function pendingNames(page: TestPage): string[] {
  return [...page.storage.all.keys()].filter(name => name.includes(':pending:'));
}

describe('sign-in by redirect', () => {
  it('[C-10] creates a code verifier, a state and a nonce for each sign-in', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    await page.oidc.signInByRedirect();
    const [one, other] = page.visited.map(url => new URL(url).searchParams);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(one?.get(name)).not.toBe(other?.get(name) ?? '');
  });

  it('[C-10] rejects in an insecure context before any request', async () => {
    const page = new TestPage({ ports: { isSecureContext: () => false } });
    expect(await codeOf(page.oidc.signInByRedirect())).toBe('insecure_context');
    expect(page.provider.requests).toEqual([]);
  });

  it('ignores parameters of the application that would weaken the protection of the response', async () => {
    const parameters = { state: 'fixed', code_challenge_method: 'plain', request_uri: 'urn:x', audience: 'api' };
    const page = new TestPage({ authorizationParameters: parameters });
    await page.oidc.signInByRedirect({ parameters: { response_type: 'token', nonce: 'fixed' } });
    const { searchParams } = new URL(page.visited[0] ?? '');
    expect(searchParams.get('audience')).toBe('api');
    expect(searchParams.get('response_type')).toBe('code');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('request_uri')).toBeNull();
    for (const name of ['state', 'nonce']) expect(searchParams.get(name)).not.toBe('fixed');
  });

  it('sends prompt, login_hint and max_age', async () => {
    const page = new TestPage({ prompt: 'consent' });
    await page.oidc.signInByRedirect({ prompt: 'login', loginHint: 'ann@example.com', maxAgeSeconds: 60 });
    const { searchParams } = new URL(page.visited[0] ?? '');
    expect([searchParams.get('prompt'), searchParams.get('login_hint'), searchParams.get('max_age')]).toEqual([
      'login',
      'ann@example.com',
      '60',
    ]);
    page.returnFromProvider();
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('untrusted_response');
  });

  it('returns to a URL of its own origin only [C-19]', async () => {
    const targets: [target: string, back: string | undefined][] = [
      ['/orders?page=2#top', '/orders?page=2#top'],
      [`${app}/orders`, '/orders'],
      ['https://evil.test/', undefined],
      ['//evil.test/', undefined],
      ['/\\evil.test', undefined],
      ['\t//evil.test', undefined],
      ['javascript:alert(1)', undefined],
      ['http://', undefined],
      [`${app}//evil.test`, undefined],
      ['https://ann@shop.example/', undefined],
    ];
    for (const [returnTo, back] of targets) {
      const page = new TestPage();
      await page.oidc.signInByRedirect({ returnTo });
      page.returnFromProvider();
      const completed = await page.oidc.completeSignIn(page.session);
      expect(completed.returnTo).withContext(returnTo).toBe(back);
    }
  });

  it('[C-18] removes the response from the URL before anything else happens', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    page.url += '&session_state=s&tab=2#part';
    expect(page.oidc.isCallback()).toBeTrue();
    const completed = page.oidc.completeSignIn(page.session);
    expect(page.replaced).toEqual([`${app}/signed-in?tab=2#part`]);
    await completed;
  });

  it('[C-11] rejects a response with no state, an unknown one or two of them, and keeps the session', async () => {
    const page = new TestPage();
    await page.signIn();
    const before = page.session.state;
    await page.oidc.signInByRedirect();
    const callback = page.returnFromProvider();
    const states = ['', 'unknown', `${new URL(callback).searchParams.get('state')}&state=two`];
    for (const state of states) {
      page.url = callback.replace(/state=[^&]*/, `state=${state}`);
      expect(page.oidc.isCallback()).toBeFalse();
      expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    }
    expect(page.session.state).toBe(before);
  });

  it('[C-11] checks the state of an error response', async () => {
    const page = new TestPage();
    page.url = `${app}/signed-in?error=access_denied&state=unknown`;
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    page.provider.overrides = { authorizationResponse: response => response.set('error', 'access_denied') };
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const error: AuthError = await page.oidc.completeSignIn(page.session).catch(reason => reason);
    expect([error.code, error.oauthError]).toEqual(['login_failed', 'access_denied']);
  });

  it('[C-11] accepts a response once, and none after ten minutes', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    const callback = page.returnFromProvider();
    await page.oidc.completeSignIn(page.session);
    page.url = callback;
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    expect(page.session.state.status).toBe('logged-in');
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    await page.clock.advance(10 * 60_000 + 1);
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
  });

  it('[F89] exchanges the code once for concurrent calls', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const first = page.oidc.completeSignIn(page.session);
    expect(page.oidc.isCallback()).toBeTrue();
    expect(page.oidc.completeSignIn(page.session)).toBe(first);
    await first;
    expect(page.provider.requestedPaths().filter(path => path === '/token').length).toBe(1);
  });

  it('[F88] keeps the session when the user navigates back to the callback page', async () => {
    const page = new TestPage();
    await page.signIn();
    page.url = page.replaced.at(-1) ?? '';
    expect(page.oidc.isCallback()).toBeFalse();
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-12] completes in each of the tabs that a browser restores at once', async () => {
    const storage = browserStorage();
    const pages = Array.from({ length: 20 }, () => new TestPage({ storage }));
    for (const page of pages) await page.oidc.signInByRedirect();
    for (const page of pages) {
      page.returnFromProvider();
      expect(await codeOf(page.oidc.completeSignIn(page.session))).toBeUndefined();
    }
  });

  it('[C-12] completes in several tabs at once', async () => {
    const storage = browserStorage();
    const [one, other] = [new TestPage({ storage }), new TestPage({ storage })];
    await one.oidc.signInByRedirect({ returnTo: '/one' });
    await other.oidc.signInByRedirect({ returnTo: '/other' });
    for (const page of [one, other]) page.returnFromProvider();
    expect((await one.oidc.completeSignIn(one.session)).returnTo).toBe('/one');
    expect((await other.oidc.completeSignIn(other.session)).returnTo).toBe('/other');
    expect(pendingNames(one)).toEqual([]);
  });

  it('[C-12] stores the latest twenty sign-ins and removes expired ones', async () => {
    const page = new TestPage();
    page.storage.write('aurelia-auth-refresh:pending:broken', '{');
    page.storage.write('something else', 'stays');
    for (let count = 0; count < 22; count++) {
      await page.oidc.signInByRedirect();
      await page.clock.advance(1000);
    }
    const latest = page.visited.slice(-20).map(url => new URL(url).searchParams.get('state'));
    expect(pendingNames(page).sort()).toEqual(latest.map(state => `aurelia-auth-refresh:pending:${state}`).sort());
    await page.clock.advance(11 * 60_000);
    await page.oidc.signInByRedirect();
    expect(pendingNames(page).length).toBe(1);
    expect(page.storage.read('something else')).toBe('stays');
  });

  it('rejects when the browser denies storage', async () => {
    const refusing = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const storage = { ...browserStorage(), write: refusing };
    const page = new TestPage({ ports: { storage } });
    expect(await codeOf(page.oidc.signInByRedirect())).toBe('login_failed');
    expect(page.visited).toEqual([]);
  });

  it('[C-15] rejects a response without the iss that the metadata promises, or with another one', async () => {
    for (const edit of [
      (response: URLSearchParams) => response.delete('iss'),
      (response: URLSearchParams) => response.set('iss', 'https://evil.test'),
    ]) {
      const page = new TestPage();
      page.provider.overrides = { authorizationResponse: edit };
      await page.oidc.signInByRedirect();
      page.returnFromProvider();
      expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('untrusted_response');
      expect(page.provider.requestedPaths()).not.toContain('/token');
    }
  });

  it('[C-15] rejects the response to another client', async () => {
    const storage = browserStorage();
    const one = new TestPage({ storage });
    const other = new TestPage({ storage, clientId: 'another' });
    await one.oidc.signInByRedirect();
    other.url = one.returnFromProvider();
    expect(await codeOf(other.oidc.completeSignIn(other.session))).toBe('unknown_state');
    await one.oidc.completeSignIn(one.session);
  });

  it('[C-16] rejects an endpoint that is not https:', async () => {
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
      const page = new TestPage();
      page.provider.overrides = {
        metadata: metadata => Object.assign(metadata, { [name]: 'http://provider.example/x' }),
      };
      expect(await codeOf(page.signIn()))
        .withContext(name)
        .toBe('untrusted_response');
    }
  });

  it('[C-20] keeps nothing of the previous user', async () => {
    const page = new TestPage();
    await page.signIn();
    const { epoch } = page.session.state as { epoch: number };
    page.provider.subject = 'bea';
    await page.signIn();
    const { state } = page.session;
    expect(isLoggedIn(state) && subjectOf(state.tokens)).toBe('bea');
    expect(isLoggedIn(state) && state.epoch).toBeGreaterThan(epoch);
    expect(JSON.stringify(state)).not.toContain('"ann"');
  });

  it('can be repeated after the provider was unreachable', async () => {
    const page = new TestPage();
    page.provider.overrides = {
      respond: () => {
        throw new TypeError('Failed to fetch');
      },
    };
    const error: AuthError = await page.oidc.signInByRedirect().catch(reason => reason);
    expect([error.code, error.retryable]).toEqual(['provider_unreachable', true]);
    page.provider.overrides = {};
    await page.signIn();
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-33] keeps the user signed out who signs out before it completes, and revokes the new refresh token', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const code = codeOf(page.oidc.completeSignIn(page.session));
    await page.oidc.signOut(page.session, { atProvider: false });
    expect(await code).toBe('session_ended');
    expect(page.session.state.status).toBe('logged-out');
    await until(() => page.provider.requests.some(({ path, body }) => path === '/revoke' && body.has('token')));
  });

  it('[C-48] uses the clock of the provider when its Date header is readable', async () => {
    const provider = new HostileProvider();
    provider.overrides = {
      idToken: claims =>
        Object.assign(claims, { iat: Number(claims['iat']) - 7200, exp: Number(claims['exp']) - 7200 }),
    };
    const clock = new TestClock();
    const page = new TestPage({
      provider,
      clock,
      ports: {
        fetch: async (url, init) => {
          const response = await provider.fetch(url, init);
          response.headers.set('Date', new Date(clock.wall() - 7_200_000).toUTCString());
          return response;
        },
      },
    });
    await page.signIn();
    expect(page.session.state.status).toBe('logged-in');
  });

  for (const [what, offsetSeconds, lifetime] of [
    ['400 seconds ahead', -400, 300],
    ['an hour ahead', -3600, 300],
    ['an hour slow, for an id token with nbf', 3600, 300],
  ] as const) {
    it(`reports that the clock may be wrong when it is ${what} and the Date header is unreadable`, async () => {
      const page = new TestPage();
      page.provider.overrides = {
        idToken: claims => {
          const iat = Number(claims['iat']) + offsetSeconds;
          Object.assign(claims, { iat, exp: iat + lifetime, ...(offsetSeconds > 0 && { nbf: iat }) });
        },
      };
      const error: AuthError = await page.signIn().catch(reason => reason);
      expect(error.code).toBe('clock_skew');
      const [seconds, tolerance] = error.message.match(/\d+(?= seconds)/g) ?? [];
      expect(Math.abs(Number(seconds) - Math.abs(offsetSeconds))).toBeLessThan(5);
      expect(tolerance).toBe('30');
      expect(page.session.state.status).toBe('logged-out');
    });
  }

  it('[C-72] times out when the provider does not respond', async () => {
    const page = new TestPage();
    page.provider.overrides = { respond: () => new Promise(() => undefined) };
    const code = codeOf(page.oidc.signInByRedirect());
    await until(() => page.provider.requests.length > 0);
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    expect(page.clock.armed).toBe(0);
  });

  it('[C-72] ignores a token response after the timeout, and revokes its refresh token', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    let respond = (): void => undefined;
    page.provider.overrides = {
      respond: ({ url }) =>
        url.endsWith('/token') ? new Promise(resolve => (respond = () => resolve(undefined))) : undefined,
    };
    const code = codeOf(page.oidc.completeSignIn(page.session));
    await until(() => page.provider.requestedPaths().includes('/token'));
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    respond();
    await until(() => page.provider.requestedPaths().includes('/revoke'));
    expect(page.session.state.status).toBe('logged-out');
  });

  it('[C-07] has no code, verifier or token in an error', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    const callback = page.returnFromProvider();
    const secrets = [new URL(callback).searchParams.get('code') ?? '', 'access-', 'refresh-'];
    const verifier = JSON.parse([...page.storage.all.values()][0] ?? '{}').codeVerifier;
    page.provider.overrides = { idToken: claims => delete claims['sub'] };
    const error: AuthError = await page.oidc.completeSignIn(page.session).catch(reason => reason);
    const shown = `${error} ${error.stack} ${JSON.stringify(error)} ${inspected(error.cause)}`;
    for (const secret of [...secrets, verifier]) expect(shown).not.toContain(secret);
    expect(error.message).toContain('sub');
  });

  it('reads a response in the fragment, and removes it from the URL', async () => {
    const page = new TestPage({ authorizationParameters: { response_mode: 'fragment' } });
    await page.oidc.signInByRedirect({ returnTo: '/orders' });
    page.returnFromProvider();
    expect(page.url).toContain('#state=');
    expect(page.oidc.isCallback()).toBeTrue();
    expect((await page.oidc.completeSignIn(page.session)).returnTo).toBe('/orders');
    expect(page.url).toBe(`${app}/signed-in`);
    expect(page.session.state.status).toBe('logged-in');
    await page.oidc.signInSilently(page.session);
  });

  it('[C-11] rejects a response in the fragment with an unknown state, or with one in the query as well', async () => {
    const page = new TestPage({ authorizationParameters: { response_mode: 'fragment' } });
    await page.oidc.signInByRedirect();
    const callback = page.returnFromProvider();
    page.url = callback.replace(/state=[^&]*/, 'state=unknown');
    expect(page.oidc.rejectedCallback()?.code).toBe('unknown_state');
    page.url = callback.replace('#', '?state=unknown#');
    expect(page.oidc.isCallback()).toBeFalse();
    page.url = callback;
    await page.oidc.completeSignIn(page.session);
  });

  for (const mode of ['form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'web_message']) {
    it(`rejects response_mode ${mode} of one sign-in, which a page cannot read`, async () => {
      const page = new TestPage();
      const parameters = { response_mode: mode };
      expect(await codeOf(page.oidc.signInByRedirect({ parameters }))).toBe('invalid_configuration');
      expect(page.visited).toEqual([]);
    });
  }

  it('works without discovery and without OpenID Connect', async () => {
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    };
    const page = new TestPage({ metadata, scope: 'orders' });
    page.provider.overrides = { tokens: body => delete body['id_token'] };
    await page.signIn();
    expect(new URL(page.visited[0] ?? '').searchParams.has('nonce')).toBeFalse();
    expect(page.provider.requestedPaths()).toEqual(['/token']);
    expect(page.session.state.status).toBe('logged-in');
  });
});

describe('a pushed authorization request', () => {
  const supported = { pushed_authorization_request_endpoint: `${issuer}/par` };

  it('is sent if the provider supports it: the URL then holds a reference only', async () => {
    const page = new TestPage();
    page.provider.overrides = { metadata: metadata => Object.assign(metadata, supported) };
    await page.signIn();
    expect([...new URL(page.visited[0] ?? '').searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('falls back to a plain request unless the provider or the application requires it', async () => {
    const withoutPar = (metadata: object) => ({
      metadata: (document: Record<string, unknown>) => Object.assign(document, supported, metadata),
      respond: ({ url }: Request) => (url.endsWith('/par') ? json({ error: 'invalid_client' }, 401) : undefined),
    });
    const lenient = new TestPage();
    lenient.provider.overrides = withoutPar({});
    await lenient.signIn();
    expect(lenient.session.state.status).toBe('logged-in');
    const strict = new TestPage({ par: true });
    strict.provider.overrides = withoutPar({});
    expect(await codeOf(strict.oidc.signInByRedirect())).toBe('login_failed');
    const required = new TestPage();
    required.provider.overrides = withoutPar({ require_pushed_authorization_requests: true });
    expect(await codeOf(required.oidc.signInByRedirect())).toBe('login_failed');
  });
});

describe('sign-in by popup', () => {
  it('signs in with the callback of its own popup', async () => {
    const page = new TestPage();
    const signedIn = page.oidc.signInByPopup(page.session, { returnTo: '/orders' });
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), popup?.window);
    expect((await signedIn).returnTo).toBe('/orders');
    expect(page.session.state.status).toBe('logged-in');
    expect(popup?.closed).toBeTrue();
    expect([page.listeners, page.visited, pendingNames(page)]).toEqual([0, [], []]);
  });

  it('[C-17] [F93] ignores all other messages', async () => {
    const page = new TestPage();
    const signedIn = page.oidc.signInByPopup(page.session);
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    const url = page.provider.authorize(popup?.navigatedTo ?? '');
    const type = 'aurelia-auth-refresh:callback';
    page.relay(url, popup?.window, 'https://evil.test');
    page.relay(url, popup?.window, 'null');
    page.relay(url, {});
    page.relay(url, undefined);
    page.relay(url, null, 'https://evil.test');
    page.relay(url.replace(/state=[^&]*/, 'state=another'), null);
    page.relay(url.replace(/state=[^&]*/, 'state=another'), popup?.window);
    page.relay(url.replace(app, 'https://evil.test'), popup?.window);
    for (const data of [undefined, null, 'text', { type }, { type, url: 7 }, { type, url: 'no address' }, { url }])
      page.postMessage({ origin: app, source: popup?.window, data });
    expect(page.listeners).toBe(1);
    expect(page.provider.requestedPaths()).not.toContain('/token');
    page.relay(url, popup?.window);
    await signedIn;
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-21] [F85] rejects with popup_blocked before any request', async () => {
    const page = new TestPage();
    page.popupsAllowed = false;
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('popup_blocked');
    expect(page.provider.requests).toEqual([]);
  });

  it('[C-21] rejects with popup_closed within a second', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    popup?.close();
    await page.clock.advance(1000);
    expect(await code).toBe('popup_closed');
    await page.clock.advance(10 * 60_000);
    expect([page.listeners, page.clock.armed]).toEqual([0, 0]);
  });

  it('[C-21] signs in later when the provider severed the popup from its opener', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    popup?.close();
    await page.clock.advance(60_000);
    expect(await code).toBe('popup_closed');
    page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), null);
    await until(() => page.session.state.status === 'logged-in');
    expect(page.listeners).toBe(0);
  });

  it('[C-33] keeps the user signed out who signs out before the code is exchanged', async () => {
    const page = new TestPage();
    page.provider.overrides = { tokens: () => void page.oidc.signOut(page.session, { atProvider: false }) };
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), popup?.window);
    expect(await code).toBe('session_ended');
    expect(page.session.state.status).toBe('logged-out');
  });

  it('closes the popup when the provider is not trustworthy', async () => {
    const page = new TestPage();
    page.provider.overrides = { metadata: metadata => Object.assign(metadata, { issuer: 'https://evil.test' }) };
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('untrusted_response');
    expect(page.popups[0]?.closed).toBeTrue();
    await page.clock.advance(0);
    expect([page.listeners, page.clock.armed]).toEqual([0, 0]);
  });

  it('rejects when the popup is closed before it navigates', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    page.popups[0]?.close();
    await page.clock.advance(1000);
    expect(await code).toBe('popup_closed');
  });
});

describe('silent sign-in', () => {
  it('[C-22] signs in when the user is signed in at the provider', async () => {
    const page = new TestPage();
    await page.oidc.signInSilently(page.session);
    expect(new URL(page.frames[0]?.url ?? '').searchParams.get('prompt')).toBe('none');
    expect(page.session.state.status).toBe('logged-in');
    await page.clock.advance(0);
    expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 1]);
  });

  it('[C-22] rejects with the error of the provider, and removes its frame, timers and listeners', async () => {
    for (const wanted of ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']) {
      const page = new TestPage();
      page.provider.overrides = { authorizationResponse: response => response.set('error', wanted) };
      const error: AuthError = await page.oidc.signInSilently(page.session).catch(reason => reason);
      expect([error.code, error.oauthError]).toEqual(['login_required', wanted]);
      await page.clock.advance(0);
      expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 0]);
    }
  });

  it('[C-22] times out after ten seconds', async () => {
    const page = new TestPage();
    page.onFrame = () => undefined;
    const code = codeOf(page.oidc.signInSilently(page.session));
    await until(() => page.frames.length > 0);
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 0]);
  });

  it('[C-20] rejects if a user signed in or out meanwhile, and revokes the new refresh token', async () => {
    for (const before of [undefined, 'ann']) {
      const page = new TestPage();
      if (before) await page.signIn();
      let respond = (): void => undefined;
      page.onFrame = (url, window) => {
        respond = () => page.relay(page.provider.authorize(url), window);
      };
      const code = codeOf(page.oidc.signInSilently(page.session));
      await until(() => page.frames.length > 0);
      if (before) page.session.logOut();
      else page.session.logIn({ access_token: 'of bea', expires_in: 600 });
      const { state } = page.session;
      respond();
      expect(await code).toBe('session_changed');
      expect(page.session.state).toBe(state);
      await until(() => page.provider.requests.some(({ path, body }) => path === '/revoke' && body.has('token')));
    }
  });

  it('[C-22] opens no frame in a cross-origin isolated page', async () => {
    const page = new TestPage({ ports: { isCrossOriginIsolated: () => true } });
    expect(await codeOf(page.oidc.signInSilently(page.session))).toBe('silent_login_blocked');
    expect(page.frames).toEqual([]);
  });

  it('needs a callback page', async () => {
    const page = new TestPage({ silentRedirectUri: undefined });
    expect(await codeOf(page.oidc.signInSilently(page.session))).toBe('invalid_configuration');
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('invalid_configuration');
  });
});

describe('the options of OpenID Connect', () => {
  it('have their defaults if they are null', async () => {
    const names = ['silentRedirectUri', 'popupRedirectUri', 'postLogoutRedirectUri', 'scope', 'prompt', 'metadata'];
    const others = ['clientSecret', 'authorizationParameters', 'tokenParameters', 'dpop', 'renewal', 'timeoutSeconds'];
    const page = new TestPage(Object.fromEntries([...names, ...others].map(name => [name, null])));
    await page.signIn();
    expect(isLoggedIn(page.session.state)).toBeTrue();
    expect(new URL(page.visited[0] ?? '').searchParams.get('scope')).toBe('openid');
    expect(page.warnings).toEqual([]);
  });

  it('are rejected when they are invalid', () => {
    const invalid: [options: ConstructorParameters<typeof TestPage>[0], why: string][] = [
      [{ issuer: 'http://provider.example' }, 'https:'],
      [{ issuer: 'nonsense' }, 'https:'],
      [{ clientId: '' }, 'clientId'],
      [{ redirectUri: '' }, 'redirectUri'],
      [{ silentRedirectUri: 'https://other.example/callback.html' }, 'origin'],
      [{ silentRedirectUri: undefined, renewal: 'silent' }, 'silentRedirectUri'],
      [{ metadata: { issuer: `${issuer}/` } }, 'metadata'],
      [{ redirectUri: '/#/signed-in' }, 'redirectUri'],
      [{ redirectUri: `${app}/signed-in#` }, 'redirectUri'],
      [{ redirectUri: '/signed-in?state=open' }, 'state'],
      [{ silentRedirectUri: '/callback.html#' }, 'silentRedirectUri'],
      [{ popupRedirectUri: '/callback.html#popup' }, 'popupRedirectUri'],
      [{ popupRedirectUri: '/callback.html?code=x' }, 'code'],
      [{ postLogoutRedirectUri: '/bye?state=x' }, 'state'],
      [{ redirectUri: 'http://' }, 'redirectUri'],
      [{ authorizationParameters: { response_mode: 'form_post' } }, 'response_mode'],
      [{ authorizationParameters: { response_mode: 'jwt' } }, 'response_mode'],
      [{ clientID: 'x' } as object, 'Did you mean "clientId"?'],
      [{ silentRedirectUrl: '/callback.html' } as object, 'Did you mean "silentRedirectUri"?'],
      [{ renewal: 'refresh_token' as 'auto' }, 'renewal'],
      [{ timeoutSeconds: '10' as never }, 'timeoutSeconds'],
      [{ dpop: 'yes' as never }, 'dpop'],
    ];
    for (const [options, why] of invalid) {
      expect(() => new TestPage(options)).toThrowMatching(
        ({ code, message }) => code === 'invalid_configuration' && message.includes(why),
      );
    }
  });

  it('accept a provider with http: on a loopback address', () => {
    for (const issuer of ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])
      expect(new TestPage({ issuer }).oidc).toBeDefined();
  });
});

function inspected(value: unknown): string {
  return value instanceof Error
    ? `${value} ${value.stack} ${JSON.stringify(Object.getOwnPropertyDescriptors(value))} ${inspected(value.cause)}`
    : JSON.stringify(value);
}
