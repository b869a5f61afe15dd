import { JWT_TIMESTAMP_CHECK, OperationProcessingError } from 'oauth4webapi';
import { type AuthError, isLoggedIn, type RefreshResponse } from '../../src/core.js';
import { clockErrorSeconds } from '../../src/oidc/open-id-renewal.js';
import { settled } from '../../src/testing.js';
import { json } from './support/hostile-provider.js';
import { TestPage, type TestPageOptions, until } from './support/test-page.js';

async function signedIn(options: TestPageOptions = {}): Promise<TestPage> {
  const page = new TestPage(options);
  await page.signIn();
  return page;
}

/** Refreshes. Resolves to the error code. */
function updating(page: TestPage): Promise<string | undefined> {
  return page.session.updateToken().then(
    () => undefined,
    (error: AuthError) => error.code,
  );
}

function tokenRequests(page: TestPage): URLSearchParams[] {
  return page.provider.requests.filter(({ path }) => path === '/token').map(({ body }) => body);
}

function degradedBy(page: TestPage): string | undefined {
  const { state } = page.session;
  return isLoggedIn(state) ? state.degraded?.error.code : state.status;
}

describe('renewal by the refresh token grant', () => {
  it("runs on the session's timer", async () => {
    const page = await signedIn({ renewal: 'refresh-token' });
    const before = page.session.freshToken()?.accessToken;
    await page.clock.advance(90_000);
    await until(() => page.session.freshToken()?.accessToken !== before && page.session.state.status === 'logged-in');
    const [, refresh] = tokenRequests(page);
    expect(refresh?.get('grant_type')).toBe('refresh_token');
    expect(refresh?.get('client_id')).toBe('shop');
  });

  it('[C-08] sends the refresh token in the body of a request that follows no redirect', async () => {
    const inits: RequestInit[] = [];
    const page = await signedIn();
    const { fetch } = page.provider;
    page.provider.fetch = (url, init) => {
      inits.push(init);
      return fetch(url, init);
    };
    await page.session.updateToken();
    expect(inits[0]).toEqual(jasmine.objectContaining({ method: 'POST', redirect: 'error', cache: 'no-store' }));
  });

  it('[C-46] sends no access token', async () => {
    const page = await signedIn();
    await page.session.updateToken();
    for (const { headers } of page.provider.requests) expect(headers.get('Authorization')).toBeNull();
  });

  it('[F08] keeps the session when the network fails after a DPoP nonce challenge', async () => {
    const page = new TestPage({ dpop: true, silentRedirectUri: undefined });
    const tokens = (body: Record<string, unknown>) => Object.assign(body, { token_type: 'DPoP' });
    page.provider.overrides = { tokens };
    await page.signIn();
    let attempts = 0;
    page.provider.overrides = {
      tokens,
      respond: () => {
        if (attempts++ > 0) throw new TypeError('Failed to fetch');
        const headers = { 'DPoP-Nonce': 'n1', 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' };
        return new Response(null, { status: 401, headers });
      },
    };
    expect(await updating(page)).toBe('refresh_postponed');
    expect(attempts).toBe(2);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('ends the session when the provider refuses the refresh token', async () => {
    const page = await signedIn({ renewal: 'refresh-token' });
    page.provider.overrides = { respond: () => json({ error: 'invalid_grant' }, 400) };
    expect(await updating(page)).toBe('refresh_refused');
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
  });

  it('keeps the session after any other response', async () => {
    const responses: [what: string, respond: () => Response][] = [
      ['a network error', () => throwing(new TypeError('Failed to fetch'))],
      ['503', () => json({ error: 'temporarily_unavailable' }, 503)],
      ['429', () => json({ error: 'slow_down' }, 429, { 'Retry-After': '7' })],
      ['a captive portal', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
      ['a firewall', () => new Response('<html>', { status: 403, headers: { 'Content-Type': 'text/html' } })],
      ['an empty object', () => json({})],
      ['an error in a success', () => json({ error: 'server_error' })],
      ['a rejected proof', () => json({ error: 'invalid_dpop_proof' }, 400)],
    ];
    for (const [what, respond] of responses) {
      const page = await signedIn();
      page.provider.overrides = { respond };
      expect(await updating(page))
        .withContext(what)
        .toBe('refresh_postponed');
      expect(page.session.state.status).withContext(what).toBe('logged-in');
      expect(page.frames).withContext(what).toEqual([]);
    }
  });

  it('waits for the Retry-After of the provider', async () => {
    const page = await signedIn();
    page.provider.overrides = { respond: () => json({}, 429, { 'Retry-After': '120' }) };
    await updating(page);
    const { state } = page.session;
    expect(isLoggedIn(state) && (state.degraded?.retryAt ?? 0) - page.session.now()).toBe(120_000);
  });

  it('[C-14] rejects an id token with an earlier iat, another azp or aud, and revokes the new refresh token', async () => {
    const edits: Record<string, unknown>[] = [
      { iat: Math.floor(Date.now() / 1000) - 3600 },
      { azp: 'another' },
      { aud: ['shop', 'another'], azp: undefined },
      { aud: 'another' },
    ];
    for (const edit of edits) {
      const page = new TestPage();
      page.provider.overrides = { idToken: claims => Object.assign(claims, { azp: 'shop' }) };
      await page.signIn();
      page.provider.overrides = { idToken: claims => Object.assign(claims, { azp: 'shop' }, edit) };
      expect(await updating(page))
        .withContext(JSON.stringify(edit))
        .toBe('untrusted_response');
      await until(() => page.provider.requestedPaths().includes('/revoke'));
    }
  });

  it('does not correct the clock in a browser without Error.cause: Safari before 15', () => {
    const cause = { claims: { iat: 1100 }, now: 1000 };
    const error = new OperationProcessingError('Too early.', { code: JWT_TIMESTAMP_CHECK, cause });
    expect(clockErrorSeconds(error)).toBe(100);
    Reflect.deleteProperty(error, 'cause');
    expect(clockErrorSeconds(error)).toBeUndefined();
  });

  it('[F33] refreshes after the clock was set ahead, and still detects another user', async () => {
    const page = new TestPage();
    const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;
    page.provider.overrides = { idToken: claims => Object.assign(claims, { iat: ago(7200) }) };
    await page.signIn();
    const next = { iat: ago(7100), exp: ago(6800) };
    page.provider.overrides = { idToken: claims => Object.assign(claims, next) };
    expect(await updating(page)).toBeUndefined();
    expect(page.session.freshToken()?.idClaims?.['iat']).toBe(next.iat);
    page.provider.overrides = { idToken: claims => Object.assign(claims, next, { sub: 'eve' }) };
    expect(await updating(page)).toBe('subject_mismatch');
  });

  it('accepts an id token with another auth_time of the same user, and warns', async () => {
    const page = new TestPage();
    page.provider.overrides = { idToken: claims => Object.assign(claims, { auth_time: 1 }) };
    await page.signIn();
    page.provider.overrides = { idToken: claims => Object.assign(claims, { auth_time: 2 }) };
    expect(await updating(page)).toBeUndefined();
    expect(page.session.freshToken()?.idClaims?.['auth_time']).toBe(2);
    expect(page.warnings).toEqual([jasmine.stringContaining('auth_time')]);
  });

  for (const [classification, code, status] of [
    ['refused', 'refresh_refused', 'logged-out'],
    ['retryable', 'refresh_postponed', 'logged-in'],
    ['unclear', 'refresh_postponed', 'logged-in'],
  ] as const) {
    it(`classifies a response with classifyRefreshResponse: ${classification}`, async () => {
      const seen: RefreshResponse[] = [];
      const page = await signedIn({
        renewal: 'refresh-token',
        classifyRefreshResponse: response => {
          seen.push(response);
          return classification;
        },
      });
      page.provider.overrides = { respond: () => json({ message: 'gone' }, 404) };
      expect(await updating(page)).toBe(code);
      expect(page.session.state.status).toBe(status);
      expect(seen).toEqual([
        jasmine.objectContaining({ status: 404, contentType: 'application/json', json: { message: 'gone' } }),
      ]);
    });
  }

  it('accepts a response without an id token, and keeps the previous one', async () => {
    const page = await signedIn();
    const before = page.session.freshToken()?.idToken;
    page.provider.overrides = { tokens: body => delete body['id_token'] };
    await page.session.updateToken();
    expect(page.session.freshToken()?.idToken).toBe(before ?? '');
  });

  it('refreshes when the keys are unreachable, and keeps the previous id token', async () => {
    const page = await signedIn();
    const before = page.session.freshToken();
    page.provider.rotateKeys();
    page.provider.overrides = {
      respond: ({ url }) => (url.endsWith('/jwks') ? throwing(new TypeError('offline')) : undefined),
    };
    await page.session.updateToken();
    const after = page.session.freshToken();
    expect(after?.accessToken).not.toBe(before?.accessToken ?? '');
    expect(after?.idToken).toBe(before?.idToken ?? '');
  });

  it('is followed by a hidden iframe when the provider refuses the refresh token', async () => {
    const page = await signedIn();
    page.provider.overrides = {
      respond: async request =>
        (await request.clone().text()).includes('grant_type=refresh_token')
          ? json({ error: 'invalid_grant' }, 400)
          : undefined,
    };
    await page.session.updateToken();
    expect(page.frames.length).toBe(1);
    expect(page.session.state.status).toBe('logged-in');
  });
});

describe('renewal after the provider refused the refresh token', () => {
  const refused = async (request: Request) =>
    (await request.clone().text()).includes('grant_type=refresh_token')
      ? json({ error: 'invalid_grant' }, 400)
      : undefined;
  const failures: [what: string, afterMs: number, fail: (page: TestPage) => void][] = [
    [
      'the frame never loads',
      10_000,
      page => {
        page.onFrame = () => undefined;
      },
    ],
    ...['invalid_request', 'unauthorized_client', 'temporarily_unavailable'].map(
      (error): [string, number, (page: TestPage) => void] => [
        `the frame returns ${error}`,
        0,
        page => {
          page.provider.overrides.authorizationResponse = response => response.set('error', error);
        },
      ],
    ),
  ];

  /** Refreshes with a refused refresh token and a frame that fails. */
  async function refreshing(
    page: TestPage,
    afterMs: number,
    fail: (page: TestPage) => void,
  ): Promise<string | undefined> {
    page.provider.overrides = { respond: refused };
    fail(page);
    const code = updating(page);
    await until(() => page.frames.length === 1);
    if (afterMs > 0) await page.clock.advance(afterMs);
    return code;
  }

  for (const [what, afterMs, fail] of failures) {
    it(`keeps the session while its access token lives, when ${what}`, async () => {
      const page = await signedIn();
      expect(await refreshing(page, afterMs, fail)).toBe('refresh_postponed');
      expect(page.session.state.status).not.toBe('logged-out');
    });

    it(`ends the session once its access token has expired, when ${what}`, async () => {
      const page = await signedIn();
      await page.clock.sleep(200_000);
      expect(await refreshing(page, afterMs, fail)).toBe('refresh_refused');
      expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
    });
  }

  it('keeps an expired session with whenLoginRequired: keep, and retries after five minutes', async () => {
    const page = await signedIn({ whenLoginRequired: 'keep' });
    await page.clock.sleep(200_000);
    const [, afterMs, fail] = failures[1] ?? fails();
    expect(await refreshing(page, afterMs, fail)).toBe('refresh_refused');
    expect(degradedBy(page)).toBe('refresh_refused');
    const { state } = page.session;
    expect(isLoggedIn(state) && (state.degraded?.retryAt ?? 0) - page.session.now()).toBe(300_000);
  });
});

describe('renewal of tokens that are not from the provider', () => {
  it('sends them to no provider', async () => {
    const page = new TestPage();
    page.session.logIn({ access_token: 'a', refresh_token: 'r', expires_in: 100 });
    expect(await updating(page)).toBe('no_refresh_token');
    await page.clock.advance(100_000);
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'expired' }));
    expect([page.frames, page.provider.requests]).toEqual([[], []]);
  });
});

describe('renewal in a hidden iframe', () => {
  const silently: TestPageOptions = { renewal: 'silent' };

  it("runs on the session's timer, repeatedly, and keeps no refresh token", async () => {
    const page = await signedIn(silently);
    for (let round = 1; round <= 3; round++) {
      await page.clock.advance(90_000);
      await until(() => page.frames.length === round && page.session.state.status === 'logged-in');
    }
    expect(page.session.freshToken()?.refreshToken).toBeUndefined();
    expect(tokenRequests(page).map(body => body.get('grant_type'))).toEqual(Array(4).fill('authorization_code'));
    expect(page.frames.every(({ removed }) => removed)).toBeTrue();
    expect([...page.storage.all.keys()].filter(name => name.includes(':pending:'))).toEqual([]);
  });

  it('stops when the session ends', async () => {
    const page = await signedIn(silently);
    page.session.logOut();
    await page.clock.advance(3_600_000);
    expect(page.frames).toEqual([]);
    expect(page.clock.armed).toBe(0);
  });

  it('is aborted when the user signs out meanwhile', async () => {
    const page = await signedIn(silently);
    page.onFrame = () => undefined;
    const code = updating(page);
    await until(() => page.frames.length > 0);
    page.session.logOut();
    expect(await code).toBe('refresh_discarded');
    await until(() => page.frames[0]?.removed === true);
    expect(page.listeners).toBe(0);
  });

  it('ends the session when the provider needs the user', async () => {
    const page = await signedIn({ ...silently, whenLoginRequired: 'end' });
    await page.session.updateToken();
    page.provider.subject = undefined;
    expect(await updating(page)).toBe('login_required');
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
  });

  it('keeps the session with whenLoginRequired: keep, and retries every five minutes', async () => {
    const page = await signedIn({ ...silently, whenLoginRequired: 'keep' });
    await page.session.updateToken();
    page.provider.subject = undefined;
    expect(await updating(page)).toBe('login_required');
    expect(degradedBy(page)).toBe('login_required');
    const opened = page.frames.length;
    await page.clock.advance(299_000);
    expect(page.frames.length).toBe(opened);
    page.provider.subject = 'ann';
    await page.clock.advance(2000);
    await until(() => degradedBy(page) === undefined);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[F87] detects a browser that blocks the cookie of the provider, and opens no further frame', async () => {
    const page = await signedIn({ ...silently, whenLoginRequired: 'keep' });
    page.onFrame = (url, window) => {
      page.provider.subject = undefined;
      page.relay(page.provider.authorize(url), window);
      page.provider.subject = 'ann';
    };
    page.onFrame = (
      frame => (url: string, window: object) =>
        queueMicrotask(() => frame(url, window))
    )(page.onFrame);
    expect(await updating(page)).toBe('silent_login_blocked');
    await page.clock.advance(3_600_000);
    expect(page.frames.length).toBe(1);
    expect(degradedBy(page)).toBe('silent_login_blocked');
    await page.signIn();
    await page.clock.advance(90_000);
    await until(() => page.frames.length === 2);
  });

  it('sends the id token as id_token_hint', async () => {
    const page = await signedIn(silently);
    const { idToken } = page.session.freshToken() ?? {};
    await page.session.updateToken();
    await page.oidc.signInSilently(page.session);
    const hints = page.frames.map(({ url }) => new URL(url).searchParams.get('id_token_hint'));
    expect(hints[0]).toBe(idToken ?? '');
    expect(hints[1]).toMatch(/^ey/);
  });

  it('sends no id_token_hint that makes the URL too long, unless the request is pushed', async () => {
    const groups = Array.from({ length: 800 }, (_, index) => `group-${index}`);
    for (const metadata of [{}, { pushed_authorization_request_endpoint: 'https://provider.example/par' }]) {
      const page = new TestPage(silently);
      page.provider.overrides = {
        idToken: claims => Object.assign(claims, { groups }),
        metadata: document => Object.assign(document, metadata),
      };
      await page.signIn();
      await page.session.updateToken();
      const url = page.frames[0]?.url ?? '';
      expect(url.length).toBeLessThan(4096);
      expect(new URL(url).searchParams.has('id_token_hint')).toBeFalse();
      const pushed = page.provider.requests.filter(({ path }) => path === '/par').at(-1);
      expect(pushed?.body.has('id_token_hint') ?? false).toBe('pushed_authorization_request_endpoint' in metadata);
    }
  });

  it('reports an error of the provider in the frame as unclear', async () => {
    const page = await signedIn(silently);
    page.provider.overrides = { authorizationResponse: response => response.set('error', 'invalid_request') };
    const outcome = await page.oidc.renewal.renew(page.session.freshToken() ?? fails(), new AbortController().signal);
    expect(outcome.kind).toBe('unclear');
  });

  it('ends the session when another user is signed in at the provider', async () => {
    const page = await signedIn(silently);
    page.provider.subject = 'eve';
    expect(await updating(page)).toBe('subject_mismatch');
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'subject_mismatch' }));
  });

  it('keeps the session when the frame times out', async () => {
    const page = await signedIn(silently);
    page.onFrame = () => undefined;
    const code = updating(page);
    await until(() => page.frames.length > 0);
    await page.clock.advance(10_000);
    expect(await code).toBe('refresh_postponed');
    expect(page.session.state.status).toBe('logged-in');
  });
});

describe('tokens of the application’s own server', () => {
  it('[C-01] are not sent to the provider, neither for user info nor for the sign-out', async () => {
    const page = await signedIn();
    page.session.logIn({ access_token: 'own', id_token: idToken({ iss: 'https://shop.example' }), expires_in: 600 });
    const requested = page.provider.requests.length;
    const error: AuthError = await page.oidc.userInfo(page.session).catch(reason => reason);
    expect(error.code).toBe('no_session');
    expect(page.provider.requests.length).toBe(requested);
    await page.oidc.signOut(page.session);
    expect(new URL(page.visited.at(-1) ?? '').searchParams.has('id_token_hint')).toBeFalse();
  });
});

function idToken(claims: object): string {
  return `e30.${btoa(JSON.stringify(claims)).replace(/=/g, '')}.x`;
}

describe('the end of a session at a provider', () => {
  it('[C-34] happens before the request to the provider, also offline', async () => {
    const page = await signedIn();
    page.provider.overrides = { respond: () => throwing(new TypeError('Failed to fetch')) };
    const signedOut = page.oidc.signOut(page.session);
    expect(page.session.state.status).toBe('logged-out');
    await signedOut;
  });

  it('navigates to the provider, although it aborts a refresh that was fetching the metadata', async () => {
    const { provider, session } = await signedIn();
    let respond = (): void => undefined;
    const responded = new Promise<void>(resolve => {
      respond = resolve;
    });
    const later = new TestPage({
      provider,
      ports: {
        fetch: (url, { signal, ...init }) =>
          new Promise((resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason));
            void responded.then(() => resolve(provider.fetch(url, init)));
          }),
      },
    });
    later.session.logIn(session.freshToken()?.response);
    const refreshed = updating(later);
    await settled();
    const signedOut = later.oidc.signOut(later.session);
    expect(await refreshed).toBe('refresh_discarded');
    respond();
    expect(await signedOut).toBeTrue();
    expect(later.visited.map(url => new URL(url).pathname)).toEqual(['/logout']);
  });

  it('revokes the refresh token', async () => {
    const page = await signedIn();
    const { refreshToken } = page.session.freshToken() ?? {};
    await page.oidc.signOut(page.session, { atProvider: false });
    await until(() => page.provider.requestedPaths().includes('/revoke'));
    const { body } = page.provider.requests.at(-1) ?? {};
    expect(body?.get('token')).toBe(refreshToken ?? '');
    expect(body?.get('client_id')).toBe('shop');
    expect(page.visited.length).toBe(1);
  });

  it('sends no revocation request if the provider has no endpoint for it', async () => {
    const page = new TestPage();
    page.provider.overrides = { metadata: metadata => delete metadata['revocation_endpoint'] };
    await page.signIn();
    const requested = page.provider.requests.length;
    await page.oidc.signOut(page.session, { atProvider: false });
    await page.clock.advance(60_000);
    expect(page.provider.requests.length).toBe(requested);
    expect(page.errors).toEqual([]);
  });

  it('follows a front-channel logout request for this session only', async () => {
    const page = new TestPage();
    page.provider.overrides = { idToken: claims => Object.assign(claims, { sid: 'one' }) };
    await page.signIn();
    const ended = (query: string) => {
      page.url = `https://shop.example/front-channel-logout?${query}`;
      return page.oidc.endedAtProvider(page.session);
    };
    expect(ended('')).toBeFalse();
    expect(ended('iss=https://provider.example&sid=another')).toBeFalse();
    expect(ended('iss=https://evil.test&sid=one')).toBeFalse();
    expect(page.session.state.status).toBe('logged-in');
    expect(ended('iss=https://provider.example&sid=one')).toBeTrue();
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'provider' }));
    expect(ended('iss=https://provider.example&sid=one')).toBeFalse();
  });
});

function fails(): never {
  throw new Error('There is no such value.');
}

function throwing(error: Error): never {
  throw error;
}
