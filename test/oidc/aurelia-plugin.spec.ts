import { AuthError, AuthenticateStep } from 'aurelia-auth-refresh';
import { configure, OpenIdConnect, type OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';
import type { TestBrowser } from 'aurelia-auth-refresh/testing';
import type { Container } from 'aurelia-framework';
import type { NavigationInstruction, Next } from 'aurelia-router';
import { jwtDecode } from 'jwt-decode';
import { sessionProviderKey } from '../../src/aurelia/session-provider.js';
import { type TestApp, testApp } from '../aurelia/support/test-app.js';
import { clientId, issuer } from './support/hostile-provider.js';
import { app, TestPage, type TestPageOptions, until } from './support/test-page.js';

/** An Aurelia application at a URL, whose users sign in at an OpenID provider. */
function openIdApp(
  page: TestPage,
  address = `${app}/`,
  browser?: TestBrowser,
  tabStored = new Map<string, string>(),
): TestApp {
  page.url = address;
  return testApp(
    {},
    {
      ...(browser && { browser }),
      prepare: ({ container, page: aureliaPage }) => {
        aureliaPage.tabStored = tabStored;
        aureliaPage.address = address;
        container.registerInstance(sessionProviderKey, () => page.oidc);
      },
    },
  );
}

/** Signs in and loads the page again at the callback URL. */
async function signedIn(
  options: TestPageOptions = {},
  redirect?: string,
): Promise<{ page: TestPage; aurelia: TestApp }> {
  const page = new TestPage(options);
  await openIdApp(page).authService.login(undefined, undefined, redirect);
  const aurelia = openIdApp(page, page.returnFromProvider());
  await aurelia.authService.ready;
  return { page, aurelia };
}

describe('an Aurelia application with OpenID Connect plugged in', () => {
  const ofProvider = { issuer, clientId, redirectUri: '/' };
  const invalid =
    (about: string) =>
    ({ innerError }: { innerError: AuthError }) =>
      innerError.code === 'invalid_configuration' && innerError.message.includes(about);

  it('gets its provider from the plugin, with the options of either plugin', () => {
    const cases: [Partial<OpenIdConnectOptions> | undefined, OpenIdConnectOptions | null][] = [
      [undefined, ofProvider],
      [ofProvider, null],
      [{ scope: 'openid orders' }, ofProvider],
    ];
    for (const [options, oidc] of cases) {
      const prepare = ({ container }: { container: Container }) => configure({ container }, options);
      const { authService, container } = testApp({ oidc }, { prepare });
      expect(authService.sessionProvider).toBeInstanceOf(OpenIdConnect);
      expect(authService.sessionProvider).toBe(container.get(OpenIdConnect));
    }
  });

  it('reports a missing option', () => {
    const prepare = ({ container }: { container: Container }) => configure({ container });
    expect(() => testApp({}, { prepare })).toThrowMatching(invalid('clientId'));
  });

  it('reports the oidc option without the plugin for it', () => {
    expect(() => testApp({ oidc: ofProvider })).toThrowMatching(invalid('aurelia-auth-refresh/oidc'));
  });

  it('is signed in by the callback, and navigates to the target of the user', async () => {
    const { aurelia, page } = await signedIn({}, '/orders?page=2');
    expect(aurelia.authService.authenticated).toBeTrue();
    expect(aurelia.authService.getIdTokenPayload()?.['sub']).toBe('ann');
    expect(aurelia.page.visited).toEqual(['/orders?page=2']);
    expect(page.url).toBe(`${app}/signed-in`);
    expect(aurelia.log).toContain('event true');
  });

  it('navigates to loginRedirect without a target', async () => {
    const { aurelia } = await signedIn();
    expect(aurelia.page.visited).toEqual(['#/']);
  });

  it('delays the guard until the sign-in has completed [C-70]', async () => {
    const page = new TestPage();
    await openIdApp(page).authService.login();
    const { container } = openIdApp(page, page.returnFromProvider());
    const step: AuthenticateStep = container.get(AuthenticateStep);
    const guarded = { getAllInstructions: () => [{ fragment: '/orders', config: { auth: true } }] };
    const next = Object.assign(jasmine.createSpy('next'), { cancel: jasmine.createSpy('cancel') });
    await step.run(guarded as unknown as NavigationInstruction, next as unknown as Next);
    expect(next).toHaveBeenCalled();
    expect(next.cancel).not.toHaveBeenCalled();
  });

  it('exposes the error of the provider as signInError', async () => {
    const page = new TestPage();
    await openIdApp(page).authService.login();
    page.provider.overrides = { authorizationResponse: response => response.set('error', 'access_denied') };
    const { authService } = openIdApp(page, page.returnFromProvider());
    await authService.ready;
    expect(authService.authenticated).toBeFalse();
    expect(authService.signInError).toEqual(
      jasmine.objectContaining({ code: 'login_failed', oauthError: 'access_denied' }),
    );
  });

  it('navigates to the target of the user when the second attempt succeeds', async () => {
    for (const error of ['temporarily_unavailable', 'access_denied']) {
      const page = new TestPage();
      const tabStored = new Map<string, string>();
      await openIdApp(page, `${app}/`, undefined, tabStored).authService.login(undefined, undefined, '/orders?page=2');
      page.provider.overrides = { authorizationResponse: response => response.set('error', error) };
      const failed = openIdApp(page, page.returnFromProvider(), undefined, tabStored);
      await failed.authService.ready;
      expect(codeOf(failed.authService.signInError)).toBe('login_failed');
      page.provider.overrides = {};
      const reloaded = openIdApp(page, `${app}/login`, undefined, tabStored);
      await reloaded.authService.login();
      const completed = openIdApp(page, page.returnFromProvider(), undefined, tabStored);
      await completed.authService.ready;
      expect(completed.page.visited).toEqual(['/orders?page=2']);
      await completed.authService.login({ email: 'ada@example.com', password: 'secret' });
      expect(completed.page.visited).toEqual(['/orders?page=2', '#/']);
    }
  });

  for (const [what, address, code] of [
    ['an expired or unknown response', `${app}/signed-in?code=c&state=s`, 'unknown_state'],
    ['an unknown error response', `${app}/signed-in?error=access_denied&state=s`, 'unknown_state'],
    ['a response on another page', `${app}/?code=c&state=s`, undefined],
    ['a parameter of the application', `${app}/signed-in?code=SUMMER`, undefined],
  ] as const) {
    it(`${code ? 'rejects' : 'ignores'} ${what} [C-11]`, async () => {
      const page = new TestPage();
      const { authService } = openIdApp(page, address);
      await authService.ready;
      expect(codeOf(authService.signInError)).toBe(code);
      expect([authService.authenticated, page.url]).toEqual([false, address]);
    });
  }

  it('[F88] reports no error for a used response while the user is signed in', async () => {
    const page = new TestPage();
    await openIdApp(page).authService.login();
    const address = page.returnFromProvider();
    const { authService, browser } = openIdApp(page, address);
    await authService.ready;
    const again = openIdApp(page, address, browser);
    await again.authService.ready;
    expect([again.authService.authenticated, again.authService.signInError]).toEqual([true, undefined]);
  });

  it('signs in by popup', async () => {
    const page = new TestPage();
    const { authService, page: aureliaPage } = openIdApp(page);
    const signedIn = authService.authenticate(undefined, '/orders');
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), popup?.window);
    await signedIn;
    expect(authService.authenticated).toBeTrue();
    expect(aureliaPage.visited).toEqual(['/orders']);
  });

  it('navigates to the target of the guard after the second popup, when the first one failed', async () => {
    const page = new TestPage();
    const { authService, page: aureliaPage } = openIdApp(page);
    aureliaPage.address = `${app}/#/orders`;
    authService.redirects.rememberTarget();
    page.popupsAllowed = false;
    await expectAsync(authService.authenticate()).toBeRejected();
    page.popupsAllowed = true;
    const signedIn = authService.authenticate();
    const [popup] = page.popups;
    await until(() => popup?.navigatedTo !== undefined);
    page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), popup?.window);
    await signedIn;
    expect(aureliaPage.visited).toEqual(['/#/orders']);
  });

  it('renews its tokens at the provider, and stays signed in meanwhile', async () => {
    const { aurelia, page } = await signedIn({ renewal: 'silent' });
    const { authService, clock } = aurelia;
    const before = authService.getAccessToken();
    await clock.advance(90_000);
    await until(() => authService.getAccessToken() !== before);
    expect(authService.authenticated).toBeTrue();
    expect(page.frames.length).toBe(1);
    expect(aurelia.server.seen).toEqual([]);
  });

  it('signs out at once, then at the provider, and navigates after the callback', async () => {
    const { aurelia, page } = await signedIn();
    aurelia.page.visited.length = 0;
    const loggedOut = aurelia.authService.logout('/bye-bye');
    expect(aurelia.authService.authenticated).toBeFalse();
    await loggedOut;
    const { pathname, searchParams } = new URL(page.visited.at(-1) ?? '');
    expect(pathname).toBe('/logout');
    expect(aurelia.page.visited).toEqual([]);
    const back = openIdApp(page, `${app}/bye?state=${searchParams.get('state')}`);
    await back.authService.ready;
    expect(back.page.visited).toEqual(['/bye-bye']);
  });

  for (const [what, leave] of [
    ['logout() with the name of a provider', app => app.authService.logout('', {}, 'facebook')],
    ['setResponseObject(null)', app => app.authService.setResponseObject(null)],
  ] as readonly [string, (app: ReturnType<typeof openIdApp>) => unknown][]) {
    it(`keeps the user signed out after ${what} during the code exchange [C-33]`, async () => {
      const page = new TestPage();
      const app = openIdApp(page);
      page.provider.overrides = { tokens: () => void leave(app) };
      const code = app.authService.authenticate().catch(({ code }) => code);
      const [popup] = page.popups;
      await until(() => popup?.navigatedTo !== undefined);
      page.relay(page.provider.authorize(popup?.navigatedTo ?? ''), popup?.window);
      expect(await code).toBe('session_ended');
      expect(app.authService.authenticated).toBeFalse();
    });
  }

  it('navigates by itself if the provider has no sign-out or is unreachable', async () => {
    for (const metadata of [
      (document: Record<string, unknown>) => delete document['end_session_endpoint'],
      () => offline(),
    ]) {
      const { aurelia, page } = await signedIn();
      aurelia.page.visited.length = 0;
      const fresh = new TestPage({ provider: page.provider });
      page.provider.overrides = { metadata };
      const next = openIdApp(fresh);
      next.authService.setResponseObject({ access_token: 'a', token_type: 'Bearer' });
      await next.authService.logout();
      expect(next.authService.authenticated).toBeFalse();
      expect(next.page.visited).toEqual(['#/']);
    }
  });

  it('sends bound tokens with a proof, the next one with the nonce of the last response', async () => {
    const page = new TestPage({ dpop: true });
    page.provider.overrides = { tokens: body => Object.assign(body, { token_type: 'DPoP' }) };
    await openIdApp(page).authService.login();
    const { authService, fetchConfig, http, server } = openIdApp(page, page.returnFromProvider());
    await authService.ready;
    fetchConfig.configure();
    server.on('GET /orders', () => new Response('[]', { headers: { 'DPoP-Nonce': 'n-1' } }));
    await http.fetch('orders');
    await http.fetch('orders');
    const sent = server.to('/orders').map(({ headers }) => ({
      authorization: headers.get('Authorization'),
      proof: jwtDecode<{ nonce?: string }>(headers.get('DPoP') ?? ''),
    }));
    expect(sent.map(({ authorization }) => authorization)).toEqual(
      Array(2).fill(jasmine.stringMatching(/^DPoP access-/)),
    );
    expect(sent.map(({ proof }) => proof.nonce)).toEqual([undefined, 'n-1']);
  });

  it('still signs in with credentials at its own server', async () => {
    const { authService, server } = openIdApp(new TestPage());
    await authService.login({ email: 'ada@example.com', password: 'secret' });
    expect(authService.authenticated).toBeTrue();
    expect(server.seen.length).toBe(1);
  });
});

function codeOf(error: unknown): string | undefined {
  return error instanceof AuthError ? error.code : undefined;
}

function offline(): never {
  throw new TypeError('Failed to fetch');
}
