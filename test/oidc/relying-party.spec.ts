import { AuthError, isLoggedIn } from '../../src/core.js';
import { issuer, json, type Overrides } from './support/hostile-provider.js';
import { app, TestPage, type TestPageOptions } from './support/test-page.js';

/** Signs in. Resolves to the error code or `signed in`. */
async function signingIn(page: TestPage): Promise<string> {
  try {
    await page.signIn();
    return isLoggedIn(page.session.state) ? 'signed in' : 'no session';
  } catch (error) {
    expect(page.session.state.status).toBe('logged-out');
    return error instanceof AuthError ? error.code : `no AuthError: ${error}`;
  }
}

async function signingInWith(overrides: Overrides, options: TestPageOptions = {}): Promise<string> {
  const page = new TestPage(options);
  page.provider.overrides = overrides;
  return signingIn(page);
}

/** Epoch seconds `fromNow`. */
function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

/** Signs in without overrides, then refreshes with them. */
async function refreshingWith(overrides: Overrides): Promise<{ page: TestPage; code: string }> {
  const page = new TestPage();
  await page.signIn();
  page.provider.overrides = overrides;
  const code = await page.session.updateToken().then(
    () => 'refreshed',
    (error: AuthError) => error.code,
  );
  return { page, code };
}

/** Modelled on the cases of the OpenID Foundation's conformance suite and named like them, with a local provider. No certification. */
describe('a relying party, by the basic plan,', () => {
  it('oidcc-client-test: signs in with code, PKCE, state and nonce', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    const { searchParams } = new URL(page.visited[0] ?? '');
    expect(searchParams.get('response_type')).toBe('code');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    page.returnFromProvider();
    await page.oidc.completeSignIn(page.session);
    expect(page.session.freshToken()?.idClaims?.['sub']).toBe('ann');
  });

  it('oidcc-client-test-invalid-iss: rejects an id token of another issuer', async () => {
    const overrides: Overrides = {
      idToken: claims => Object.assign(claims, { iss: 'https://provider.example.evil.test' }),
    };
    expect(await signingInWith(overrides)).toBe('untrusted_response');
  });

  it('oidcc-client-test-missing-sub: rejects an id token without sub', async () => {
    expect(await signingInWith({ idToken: claims => delete claims['sub'] })).toBe('untrusted_response');
  });

  it('oidcc-client-test-invalid-aud: rejects an id token for another client', async () => {
    expect(await signingInWith({ idToken: claims => Object.assign(claims, { aud: 'another' }) })).toBe(
      'untrusted_response',
    );
  });

  it('oidcc-client-test-missing-iat: rejects an id token without iat', async () => {
    expect(await signingInWith({ idToken: claims => delete claims['iat'] })).toBe('untrusted_response');
  });

  it('oidcc-client-test-kid-absent-single-jwks: uses the only matching key if the id token has no kid', async () => {
    const overrides: Overrides = {
      idToken: (_claims, header) => delete header['kid'],
      keys: keys => keys.map(({ kid: _kid, ...key }) => key),
    };
    expect(await signingInWith(overrides)).toBe('signed in');
  });

  it('oidcc-client-test-kid-absent-multiple-jwks: rejects an id token without kid if several keys match', async () => {
    const overrides: Overrides = {
      idToken: (_claims, header) => delete header['kid'],
      keys: keys => [...keys, ...keys.map(key => ({ ...key, kid: `${key['kid']} too` }))],
    };
    expect(await signingInWith(overrides)).toBe('untrusted_response');
  });

  it('oidcc-client-test-idtoken-sig-rs256: accepts an RS256 signature', async () => {
    expect(await signingInWith({ signature: 'RS256' })).toBe('signed in');
  });

  it('oidcc-client-test-idtoken-sig-none: rejects an id token without a signature', async () => {
    expect(await signingInWith({ signature: 'none' })).toBe('untrusted_response');
  });

  it('oidcc-client-test-invalid-sig-rs256: rejects a signature by another key', async () => {
    const overrides: Overrides = {
      signature: 'by another key',
      idToken: (_claims, header) => Object.assign(header, { kid: 'RS256 0' }),
    };
    expect(await signingInWith(overrides)).toBe('untrusted_response');
  });

  it('oidcc-client-test-userinfo-invalid-sub: rejects the claims of another user', async () => {
    const page = new TestPage();
    await page.signIn();
    page.provider.overrides = { userInfo: claims => Object.assign(claims, { sub: 'eve' }) };
    const error = await page.oidc.userInfo(page.session).catch((reason: AuthError) => reason);
    expect(error['code']).toBe('untrusted_response');
  });

  it('oidcc-client-test-nonce-invalid: rejects an id token with another nonce', async () => {
    expect(await signingInWith({ idToken: claims => Object.assign(claims, { nonce: 'another' }) })).toBe(
      'untrusted_response',
    );
  });

  it('oidcc-client-test-scope-userinfo-claims: requests scopes, and returns their claims', async () => {
    const page = new TestPage({ scope: 'openid profile email' });
    await page.signIn();
    expect(new URL(page.visited[0] ?? '').searchParams.get('scope')).toBe('openid profile email');
    const { name, email } = await page.oidc.userInfo(page.session);
    expect({ name, email }).toEqual({ name: 'Ann', email: 'ann@example.com' });
  });

  it('oidcc-client-test-client-secret-basic: sends the client secret with HTTP Basic, and warns', async () => {
    const page = new TestPage({ clientSecret: 'known to all' });
    expect(await signingIn(page)).toBe('signed in');
    const request = page.provider.requests.find(({ path }) => path === '/token');
    expect(request?.headers.get('Authorization')).toBe(`Basic ${btoa('shop:known+to+all')}`);
    expect(page.warnings).toEqual([jasmine.stringContaining('anyone who opens the page can read it')]);
  });
});

describe('a relying party, beyond the basic plan,', () => {
  it('oidcc-client-test-missing-aud: rejects an id token without aud', async () => {
    expect(await signingInWith({ idToken: claims => delete claims['aud'] })).toBe('untrusted_response');
  });

  it('oidcc-client-test-invalid-sig-hs256: rejects an HS256 signature', async () => {
    expect(await signingInWith({ signature: 'HS256' })).toBe('untrusted_response');
  });

  it('oidcc-client-test-idtoken-sig-es256: accepts an ES256 signature', async () => {
    expect(await signingInWith({ signature: 'ES256' })).toBe('signed in');
  });

  it('oidcc-client-test-nonce-unless-code-flow: rejects an id token without nonce', async () => {
    expect(await signingInWith({ idToken: claims => delete claims['nonce'] })).toBe('untrusted_response');
  });

  for (const [what, claims, outcome] of [
    ['that has expired', () => ({ exp: seconds(-31) }), 'untrusted_response'],
    ['that expired within the tolerance', () => ({ exp: seconds(-20) }), 'signed in'],
    ['that is not valid yet', () => ({ nbf: seconds(45) }), 'untrusted_response'],
    ['with several aud and no azp', () => ({ aud: ['shop', 'another'] }), 'untrusted_response'],
    ['with several aud and another azp', () => ({ aud: ['shop', 'another'], azp: 'another' }), 'untrusted_response'],
    ['with several aud and this client as azp', () => ({ aud: ['shop', 'another'], azp: 'shop' }), 'signed in'],
    ['with an empty sub', () => ({ sub: '' }), 'untrusted_response'],
    ['with a sub that is no string', () => ({ sub: 7 }), 'untrusted_response'],
  ] as const) {
    it(`[C-13] ${outcome === 'signed in' ? 'accepts' : 'rejects'} an id token ${what}`, async () => {
      expect(await signingInWith({ idToken: token => Object.assign(token, claims()) })).toBe(outcome);
    });
  }

  it('oidcc-client-test-userinfo-bearer-header: sends the access token in the Authorization header', async () => {
    const page = new TestPage();
    await page.signIn();
    await page.oidc.userInfo(page.session);
    const { headers } = page.provider.requests.at(-1) ?? {};
    expect(headers?.get('Authorization')).toMatch(/^Bearer access-/);
  });
});

describe('a relying party, by the refresh token plan,', () => {
  it('oidcc-client-test-refresh-token: refreshes with an id token in the response', async () => {
    const { page, code } = await refreshingWith({});
    expect(code).toBe('refreshed');
    expect(page.provider.requests.filter(({ path }) => path === '/token').length).toBe(2);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('[C-14] oidcc-client-test-refresh-token-invalid-issuer: ends the session after an id token of another issuer', async () => {
    const { page, code } = await refreshingWith({
      idToken: claims => Object.assign(claims, { iss: 'https://evil.test' }),
    });
    expect(code).toBe('untrusted_response');
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
  });

  it('[C-14] [F55] oidcc-client-test-refresh-token-invalid-sub: ends the session after an id token of another user', async () => {
    const { page, code } = await refreshingWith({ idToken: claims => Object.assign(claims, { sub: 'eve' }) });
    expect(code).toBe('subject_mismatch');
    expect(page.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'subject_mismatch' }));
  });
});

describe('a relying party, by the configuration plan,', () => {
  it('oidcc-client-test-discovery-openid-config: reads the endpoints from the discovery document', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    expect(page.provider.requestedPaths()).toEqual(['/.well-known/openid-configuration']);
    expect(page.visited[0]).toMatch(/^https:\/\/provider\.example\/authorize\?/);
  });

  it('oidcc-client-test-discovery-jwks-uri-keys: fetches the keys from jwks_uri', async () => {
    const page = new TestPage();
    page.provider.overrides = {
      metadata: metadata => Object.assign(metadata, { jwks_uri: `${issuer}/other-keys` }),
      respond: async ({ url }) => (url.endsWith('/other-keys') ? page.provider.fetch(`${issuer}/jwks`, {}) : undefined),
    };
    expect(await signingIn(page)).toBe('signed in');
    expect(page.provider.requestedPaths()).toContain('/other-keys');
  });

  it('oidcc-client-test-discovery-issuer-mismatch: rejects the discovery document of another issuer', async () => {
    const overrides: Overrides = { metadata: metadata => Object.assign(metadata, { issuer: 'https://evil.test' }) };
    expect(await signingInWith(overrides)).toBe('untrusted_response');
  });

  for (const near of ['https://provider.example/', 'https://PROVIDER.example', 'https://provider.example:443']) {
    it(`[C-16] rejects the issuer ${near} before the redirect`, async () => {
      const page = new TestPage();
      page.provider.overrides = { metadata: metadata => Object.assign(metadata, { issuer: near }) };
      const error: AuthError = await page.oidc.signInByRedirect().catch(reason => reason);
      expect([error.code, page.visited]).toEqual(['untrusted_response', []]);
      expect(error.message).toContain(`issuer: '${near}'`);
      expect(await signingInWith({ idToken: claims => Object.assign(claims, { iss: near }) })).toBe(
        'untrusted_response',
      );
      expect(await signingInWith({ authorizationResponse: response => response.set('iss', near) })).toBe(
        'untrusted_response',
      );
    });
  }

  it('oidcc-client-test-signing-key-rotation-just-before-signing: fetches the keys after the id token', async () => {
    const page = new TestPage();
    await page.oidc.signInByRedirect();
    page.returnFromProvider();
    page.provider.rotateKeys();
    await page.oidc.completeSignIn(page.session);
    expect(page.session.state.status).toBe('logged-in');
  });

  it('oidcc-client-test-signing-key-rotation: fetches the keys again when none matches', async () => {
    const page = new TestPage();
    await page.signIn();
    page.provider.rotateKeys();
    await page.session.updateToken();
    expect(page.provider.requestedPaths().filter(path => path === '/jwks').length).toBe(2);
    expect(page.session.state.status).toBe('logged-in');
  });
});

describe('a relying party that signs out', () => {
  async function signedOut(): Promise<{ page: TestPage; request: URLSearchParams }> {
    const page = new TestPage();
    await page.signIn();
    await page.oidc.signOut(page.session, { returnTo: '/start?x=1' });
    const url = new URL(page.visited.at(-1) ?? '');
    expect(url.origin + url.pathname).toBe(`${issuer}/logout`);
    return { page, request: url.searchParams };
  }

  it('oidcc-client-test-rp-init-logout: navigates to the provider and accepts its response', async () => {
    const { page, request } = await signedOut();
    expect(request.get('id_token_hint')).toMatch(/^ey.*\./);
    expect(request.get('post_logout_redirect_uri')).toBe(`${app}/bye`);
    page.url = `${app}/bye?state=${request.get('state')}`;
    expect(page.oidc.isSignedOutCallback()).toBeTrue();
    expect(page.oidc.completeSignOut()).toEqual({ returnTo: '/start?x=1' });
    expect(page.url).toBe(`${app}/bye`);
  });

  it('sends no id_token_hint that makes the URL too long, or that the options exclude', async () => {
    const groups = Array.from({ length: 800 }, (_, index) => `group-${index}`);
    for (const [options, claims] of [
      [{}, { groups }],
      [{ idTokenHint: false }, {}],
    ] as const) {
      const page = new TestPage(options);
      page.provider.overrides = { idToken: token => Object.assign(token, claims) };
      await page.signIn();
      await page.oidc.signOut(page.session);
      const url = new URL(page.visited.at(-1) ?? '');
      expect(url.href.length).toBeLessThan(4096);
      expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'post_logout_redirect_uri', 'state']);
    }
  });

  it('oidcc-client-test-rp-init-logout-other-state: rejects the response to another sign-out', async () => {
    const { page } = await signedOut();
    page.url = `${app}/bye?state=another`;
    expect(page.oidc.isSignedOutCallback()).toBeFalse();
    expect(() => page.oidc.completeSignOut()).toThrowMatching(({ code }) => code === 'unknown_state');
  });

  it('oidcc-client-test-rp-init-logout-no-state: rejects a response without state', async () => {
    const { page } = await signedOut();
    page.url = `${app}/bye`;
    expect(() => page.oidc.completeSignOut()).toThrowMatching(({ code }) => code === 'unknown_state');
    expect(page.session.state.status).toBe('logged-out');
  });
});

describe('a provider without end_session_endpoint', () => {
  it('receives no logout request', async () => {
    const page = new TestPage();
    page.provider.overrides = {
      respond: ({ url }) =>
        url.includes('/.well-known/')
          ? json({
              issuer,
              authorization_endpoint: `${issuer}/authorize`,
              token_endpoint: `${issuer}/token`,
              jwks_uri: `${issuer}/jwks`,
            })
          : undefined,
      authorizationResponse: parameters => parameters.delete('iss'),
    };
    await page.signIn();
    await page.oidc.signOut(page.session);
    expect(page.visited.length).toBe(1);
    expect(page.session.state.status).toBe('logged-out');
  });
});
