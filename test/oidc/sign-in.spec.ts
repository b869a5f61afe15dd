import { AuthError, isLoggedIn, subjectOf } from '../../src/core.js';
import { TestClock } from '../../src/testing.js';
import { HostileProvider, issuer, json } from './support/hostile-provider.js';
import { app, browserTexts, TestPage, until } from './support/test-page.js';

/** The code of the error that a promise ends with. */
async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.code : String(error)),
  );
}

function pendingNames(page: TestPage): string[] {
  return [...page.texts.all.keys()].filter(name => name.includes(':pending:'));
}

describe('sign-in by redirect', () => {
  it('[C-10] makes a verifier, a state and a nonce for each sign-in', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    await page.oidc.signInByRedirect();
    const [one, other] = page.visited.map(url => new URL(url).searchParams);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(one?.get(name)).not.toBe(other?.get(name) ?? '');
  });

  it('[C-10] does not begin without cryptography', async () => {
    const page = new TestPage({ ports: { isSecureContext: () => false } });
    expect(await codeOf(page.oidc.signInByRedirect())).toBe('insecure_context');
    expect(page.provider.requests).toEqual([]);
  });

  it('does not let parameters of the application replace what makes the answer ours', async () => {
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

  it('hands prompt, login hint and age on', async () => {
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

  it('comes back to where the user wanted to go, on its own origin only [C-19]', async () => {
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

  it('[C-18] takes the answer out of the address before anything else happens', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    page.url += '&session_state=s&tab=2#part';
    expect(page.oidc.isCallback()).toBeTrue();
    const completed = page.oidc.completeSignIn(page.session);
    expect(page.replaced).toEqual([`${app}/signed-in?tab=2#part`]);
    await completed;
  });

  it('[C-11] refuses an answer with no state, an unknown one, two of them, and leaves the session as it is', async () => {
    const page = new TestPage();
    await page.signIn();
    const before = page.session.state;
    await page.oidc.signInByRedirect();
    const answer = page.returnFromProvider();
    const states = ['', 'unknown', `${new URL(answer).searchParams.get('state')}&state=two`];
    for (const state of states) {
      page.url = answer.replace(/state=[^&]*/, `state=${state}`);
      expect(page.oidc.isCallback()).toBeFalse();
      expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    }
    expect(page.session.state).toBe(before);
  });

  it('[C-11] checks the state of an error before it believes it', async () => {
    const page = new TestPage();
    page.url = `${app}/signed-in?error=access_denied&state=unknown`;
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    page.provider.mischief = { answer: answer => answer.set('error', 'access_denied') };
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const error: AuthError = await page.oidc.completeSignIn(page.session).catch(reason => reason);
    expect([error.code, error.oauthError]).toEqual(['login_failed', 'access_denied']);
  });

  it('[C-11] takes an answer once, and none after ten minutes', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    const answer = page.returnFromProvider();
    await page.oidc.completeSignIn(page.session);
    page.url = answer;
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
    expect(page.session.state.status).toBe('logged-in');
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    await page.clock.advance(10 * 60_000 + 1);
    expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('unknown_state');
  });

  it('[F89] completes once however often it is asked to', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const first = page.oidc.completeSignIn(page.session);
    expect(page.oidc.isCallback()).toBeTrue();
    expect(page.oidc.completeSignIn(page.session)).toBe(first);
    await first;
    expect(page.provider.pathsAsked().filter(path => path === '/token').length).toBe(1);
  });

  it('[F88] is not disturbed by the way back to where it was completed', async () => {
    const page = new TestPage();
    await page.signIn();
    page.url = page.replaced.at(-1) ?? '';
    expect(page.oidc.isCallback()).toBeFalse();
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-12] goes on in several tabs at once', async () => {
    const texts = browserTexts();
    const [one, other] = [new TestPage({ texts }), new TestPage({ texts })];
    await one.oidc.signInByRedirect({ returnTo: '/one' });
    await other.oidc.signInByRedirect({ returnTo: '/other' });
    for (const page of [one, other]) page.returnFromProvider();
    expect((await one.oidc.completeSignIn(one.session)).returnTo).toBe('/one');
    expect((await other.oidc.completeSignIn(other.session)).returnTo).toBe('/other');
    expect(pendingNames(one)).toEqual([]);
  });

  it('[C-12] keeps the latest five, and tidies up after older ones', async () => {
    const page = new TestPage();
    page.texts.write('aurelia-auth-refresh:pending:broken', '{');
    page.texts.write('something else', 'stays');
    for (let count = 0; count < 7; count++) {
      await page.oidc.signInByRedirect();
      await page.clock.advance(1000);
    }
    const latest = page.visited.slice(-5).map(url => new URL(url).searchParams.get('state'));
    expect(pendingNames(page).sort()).toEqual(latest.map(state => `aurelia-auth-refresh:pending:${state}`).sort());
    await page.clock.advance(11 * 60_000);
    await page.oidc.signInByRedirect();
    expect(pendingNames(page).length).toBe(1);
    expect(page.texts.read('something else')).toBe('stays');
  });

  it('says so where the browser keeps nothing', async () => {
    const refusing = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const texts = { ...browserTexts(), write: refusing };
    const page = new TestPage({ ports: { texts } });
    expect(await codeOf(page.oidc.signInByRedirect())).toBe('login_failed');
    expect(page.visited).toEqual([]);
  });

  it('[C-15] refuses an answer without the issuer that the provider promised, or of another one', async () => {
    for (const edit of [
      (answer: URLSearchParams) => answer.delete('iss'),
      (answer: URLSearchParams) => answer.set('iss', 'https://evil.test'),
    ]) {
      const page = new TestPage();
      page.provider.mischief = { answer: edit };
      await page.oidc.signInByRedirect();
      page.returnFromProvider();
      expect(await codeOf(page.oidc.completeSignIn(page.session))).toBe('untrusted_response');
      expect(page.provider.pathsAsked()).not.toContain('/token');
    }
  });

  it('[C-15] does not take the answer to another provider or another client', async () => {
    const texts = browserTexts();
    const one = new TestPage({ texts });
    const other = new TestPage({ texts, clientId: 'another' });
    await one.oidc.signInByRedirect();
    other.url = one.returnFromProvider();
    expect(await codeOf(other.oidc.completeSignIn(other.session))).toBe('unknown_state');
    await one.oidc.completeSignIn(one.session);
  });

  it('[C-16] does not go to an address that is not https:', async () => {
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
      const page = new TestPage();
      page.provider.mischief = {
        metadata: metadata => Object.assign(metadata, { [name]: 'http://provider.example/x' }),
      };
      expect(await codeOf(page.signIn()))
        .withContext(name)
        .toBe('untrusted_response');
    }
  });

  it('[C-20] leaves nothing of the user before', async () => {
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

  it('is tried again after the provider could not be reached', async () => {
    const page = new TestPage();
    page.provider.mischief = {
      instead: () => {
        throw new TypeError('Failed to fetch');
      },
    };
    const error: AuthError = await page.oidc.signInByRedirect().catch(reason => reason);
    expect([error.code, error.retryable]).toEqual(['provider_unreachable', true]);
    page.provider.mischief = {};
    await page.signIn();
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-33] signs nobody in when the user signs out before it is completed, and revokes what it got', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    const code = codeOf(page.oidc.completeSignIn(page.session));
    await page.oidc.signOut(page.session, { atProvider: false });
    expect(await code).toBe('session_ended');
    expect(page.session.state.status).toBe('logged-out');
    await until(() => page.provider.requests.some(({ path, body }) => path === '/revoke' && body.has('token')));
  });

  it('[C-48] goes by the time at the provider where its answer tells it', async () => {
    const provider = new HostileProvider();
    provider.mischief = {
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

  it('[C-72] ends in time when the provider does not answer', async () => {
    const page = new TestPage();
    page.provider.mischief = { instead: () => new Promise(() => undefined) };
    const code = codeOf(page.oidc.signInByRedirect());
    await until(() => page.provider.requests.length > 0);
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    expect(page.clock.armed).toBe(0);
  });

  it('[C-72] signs nobody in with an answer that comes after the time is up, and revokes what it got', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    let answer = (): void => undefined;
    page.provider.mischief = {
      instead: ({ url }) =>
        url.endsWith('/token') ? new Promise(resolve => (answer = () => resolve(undefined))) : undefined,
    };
    const code = codeOf(page.oidc.completeSignIn(page.session));
    await until(() => page.provider.pathsAsked().includes('/token'));
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    answer();
    await until(() => page.provider.pathsAsked().includes('/revoke'));
    expect(page.session.state.status).toBe('logged-out');
  });

  it('[C-07] shows no code, verifier or token in an error', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    const answer = page.returnFromProvider();
    const secrets = [new URL(answer).searchParams.get('code') ?? '', 'access-', 'refresh-'];
    const verifier = JSON.parse([...page.texts.all.values()][0] ?? '{}').codeVerifier;
    page.provider.mischief = { idToken: claims => delete claims['sub'] };
    const error: AuthError = await page.oidc.completeSignIn(page.session).catch(reason => reason);
    const shown = `${error} ${error.stack} ${JSON.stringify(error)} ${inspected(error.cause)}`;
    for (const secret of [...secrets, verifier]) expect(shown).not.toContain(secret);
    expect(error.message).toContain('sub');
  });

  it('works without discovery, and without OpenID', async () => {
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    };
    const page = new TestPage({ metadata, scope: 'orders' });
    page.provider.mischief = { tokens: body => delete body['id_token'] };
    await page.signIn();
    expect(new URL(page.visited[0] ?? '').searchParams.has('nonce')).toBeFalse();
    expect(page.provider.pathsAsked()).toEqual(['/token']);
    expect(page.session.state.status).toBe('logged-in');
  });
});

describe('a pushed authorization request', () => {
  const offered = { pushed_authorization_request_endpoint: `${issuer}/par` };

  it('is made where the provider offers it, so that the address bar shows a reference only', async () => {
    const page = new TestPage();
    page.provider.mischief = { metadata: metadata => Object.assign(metadata, offered) };
    await page.signIn();
    expect([...new URL(page.visited[0] ?? '').searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('is done without where it fails, unless the provider or the application insists', async () => {
    const refusing = (metadata: object) => ({
      metadata: (said: Record<string, unknown>) => Object.assign(said, offered, metadata),
      instead: ({ url }: Request) => (url.endsWith('/par') ? json({ error: 'invalid_client' }, 401) : undefined),
    });
    const lenient = new TestPage();
    lenient.provider.mischief = refusing({});
    await lenient.signIn();
    expect(lenient.session.state.status).toBe('logged-in');
    const strict = new TestPage({ par: true });
    strict.provider.mischief = refusing({});
    expect(await codeOf(strict.oidc.signInByRedirect())).toBe('login_failed');
    const required = new TestPage();
    required.provider.mischief = refusing({ require_pushed_authorization_requests: true });
    expect(await codeOf(required.oidc.signInByRedirect())).toBe('login_failed');
  });
});

describe('sign-in by popup', () => {
  it('signs in with what its own window says', async () => {
    const page = new TestPage();
    const signedIn = page.oidc.signInByPopup(page.session, { returnTo: '/orders' });
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    page.report(page.provider.authorize(popup?.url ?? ''), popup?.window);
    expect((await signedIn).returnTo).toBe('/orders');
    expect(page.session.state.status).toBe('logged-in');
    expect(popup?.closed).toBeTrue();
    expect([page.listeners, page.visited, pendingNames(page)]).toEqual([0, [], []]);
  });

  it('[C-17] [F93] hears nobody else', async () => {
    const page = new TestPage();
    const signedIn = page.oidc.signInByPopup(page.session);
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    const url = page.provider.authorize(popup?.url ?? '');
    const type = 'aurelia-auth-refresh:callback';
    page.report(url, popup?.window, 'https://evil.test');
    page.report(url, popup?.window, 'null');
    page.report(url, {});
    page.report(url, null);
    page.report(url.replace(/state=[^&]*/, 'state=another'), popup?.window);
    page.report(url.replace(app, 'https://evil.test'), popup?.window);
    for (const data of [undefined, null, 'text', { type }, { type, url: 7 }, { type, url: 'no address' }, { url }])
      page.say({ origin: app, source: popup?.window, data });
    expect(page.listeners).toBe(2);
    expect(page.provider.pathsAsked()).not.toContain('/token');
    page.report(url, popup?.window);
    await signedIn;
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-21] [F85] says at once that the browser opened no window', async () => {
    const page = new TestPage();
    page.popupsAllowed = false;
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('popup_blocked');
    expect(page.provider.requests).toEqual([]);
  });

  it('[C-21] says within a second that the window was closed', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    popup?.close();
    await page.clock.advance(1000);
    expect(await code).toBe('popup_closed');
    await page.clock.advance(10 * 60_000);
    expect([page.listeners, page.clock.armed]).toEqual([0, 0]);
  });

  it('[C-21] signs in later when the provider had cut the window off', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    popup?.close();
    await page.clock.advance(60_000);
    expect(await code).toBe('popup_closed');
    const answer = page.provider.authorize(popup?.url ?? '');
    const name = `aurelia-auth-refresh:callback:${new URL(answer).searchParams.get('state')}`;
    page.leave('aurelia-auth-refresh:callback:another', answer);
    page.leave(name, answer);
    await until(() => page.session.state.status === 'logged-in');
    expect(page.texts.read(name)).toBeUndefined();
    expect(page.listeners).toBe(0);
  });

  it('[C-33] signs nobody in when the user signs out before its code is exchanged', async () => {
    const page = new TestPage();
    page.provider.mischief = { tokens: () => void page.oidc.signOut(page.session, { atProvider: false }) };
    const code = codeOf(page.oidc.signInByPopup(page.session));
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    page.report(page.provider.authorize(popup?.url ?? ''), popup?.window);
    expect(await code).toBe('session_ended');
    expect(page.session.state.status).toBe('logged-out');
  });

  it('closes the window when it cannot go on', async () => {
    const page = new TestPage();
    page.provider.mischief = { metadata: metadata => Object.assign(metadata, { issuer: 'https://evil.test' }) };
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('untrusted_response');
    expect(page.popups[0]?.closed).toBeTrue();
    expect([page.listeners, page.clock.armed]).toEqual([0, 0]);
  });

  it('leaves alone a window that was closed while it was got ready', async () => {
    const page = new TestPage();
    const code = codeOf(page.oidc.signInByPopup(page.session));
    page.popups[0]?.close();
    await page.clock.advance(1000);
    expect(await code).toBe('popup_closed');
  });
});

describe('silent sign-in', () => {
  it('[C-22] signs in where the provider knows the user', async () => {
    const page = new TestPage();
    await page.oidc.signInSilently(page.session);
    expect(new URL(page.frames[0]?.url ?? '').searchParams.get('prompt')).toBe('none');
    expect(page.session.state.status).toBe('logged-in');
    expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 1]);
  });

  it('[C-22] says what the provider wants, and leaves nothing behind', async () => {
    for (const wanted of ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']) {
      const page = new TestPage();
      page.provider.mischief = { answer: answer => answer.set('error', wanted) };
      const error: AuthError = await page.oidc.signInSilently(page.session).catch(reason => reason);
      expect([error.code, error.oauthError]).toEqual(['login_required', wanted]);
      expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 0]);
    }
  });

  it('[C-22] gives up after ten seconds', async () => {
    const page = new TestPage();
    page.onFrame = () => undefined;
    const code = codeOf(page.oidc.signInSilently(page.session));
    await until(() => page.frames.length > 0);
    await page.clock.advance(10_000);
    expect(await code).toBe('login_timed_out');
    expect([page.frames[0]?.removed, page.listeners, page.clock.armed]).toEqual([true, 0, 0]);
  });

  it('[C-20] does not take the place of who has signed in or out meanwhile, and revokes what it got', async () => {
    for (const before of [undefined, 'ann']) {
      const page = new TestPage();
      if (before) await page.signIn();
      let answer = (): void => undefined;
      page.onFrame = (url, window) => {
        answer = () => page.report(page.provider.authorize(url), window);
      };
      const code = codeOf(page.oidc.signInSilently(page.session));
      await until(() => page.frames.length > 0);
      if (before) page.session.logOut();
      else page.session.logIn({ access_token: 'of bea', expires_in: 600 });
      const { state } = page.session;
      answer();
      expect(await code).toBe('session_changed');
      expect(page.session.state).toBe(state);
      await until(() => page.provider.requests.some(({ path, body }) => path === '/revoke' && body.has('token')));
    }
  });

  it('[C-22] opens no frame in a page that is cross-origin isolated', async () => {
    const page = new TestPage({ ports: { isCrossOriginIsolated: () => true } });
    expect(await codeOf(page.oidc.signInSilently(page.session))).toBe('silent_login_blocked');
    expect(page.frames).toEqual([]);
  });

  it('needs a page to come back to', async () => {
    const page = new TestPage({ silentRedirectUri: undefined });
    expect(await codeOf(page.oidc.signInSilently(page.session))).toBe('invalid_configuration');
    expect(await codeOf(page.oidc.signInByPopup(page.session))).toBe('invalid_configuration');
  });
});

describe('the configuration', () => {
  it('is refused where it cannot work', () => {
    const faults: [options: ConstructorParameters<typeof TestPage>[0], why: string][] = [
      [{ issuer: 'http://provider.example' }, 'https:'],
      [{ issuer: 'nonsense' }, 'https:'],
      [{ clientId: '' }, 'clientId'],
      [{ redirectUri: '' }, 'redirectUri'],
      [{ silentRedirectUri: 'https://other.example/callback.html' }, 'origin'],
      [{ silentRedirectUri: undefined, renewal: 'silent' }, 'silentRedirectUri'],
      [{ metadata: { issuer: `${issuer}/` } }, 'metadata'],
    ];
    for (const [options, why] of faults) {
      expect(() => new TestPage(options)).toThrowMatching(
        ({ code, message }) => code === 'invalid_configuration' && message.includes(why),
      );
    }
  });

  it('lets a provider on this machine do without https:', () => {
    for (const issuer of ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])
      expect(new TestPage({ issuer }).oidc).toBeDefined();
  });
});

function inspected(value: unknown): string {
  return value instanceof Error
    ? `${value} ${value.stack} ${JSON.stringify(Object.getOwnPropertyDescriptors(value))} ${inspected(value.cause)}`
    : JSON.stringify(value);
}
