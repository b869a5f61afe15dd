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

/** An Aurelia application whose users sign in at an OpenID provider, at an address. */
function openIdApp(page: TestPage, address = `${app}/`, browser?: TestBrowser): TestApp {
  page.url = address;
  return testApp(
    {},
    {
      ...(browser && { browser }),
      prepare: ({ container }) => container.registerInstance(sessionProviderKey, () => page.oidc),
    },
  );
}

/** The page is loaded again where the provider sent it. */
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

  it('is given its provider by the plugin, wherever its options are said', () => {
    const said: [Partial<OpenIdConnectOptions> | undefined, OpenIdConnectOptions | null][] = [
      [undefined, ofProvider],
      [ofProvider, null],
      [{ scope: 'openid orders' }, ofProvider],
    ];
    for (const [options, oidc] of said) {
      const prepare = ({ container }: { container: Container }) => configure({ container }, options);
      const { authService, container } = testApp({ oidc }, { prepare });
      expect(authService.sessionProvider).toBeInstanceOf(OpenIdConnect);
      expect(authService.sessionProvider).toBe(container.get(OpenIdConnect));
    }
  });

  it('is told what the plugin cannot do without', () => {
    const prepare = ({ container }: { container: Container }) => configure({ container });
    expect(() => testApp({}, { prepare })).toThrowMatching(invalid('clientId'));
  });

  it('is told when it configures a provider without the plugin for it', () => {
    expect(() => testApp({ oidc: ofProvider })).toThrowMatching(invalid('aurelia-auth-refresh/oidc'));
  });

  it('is signed in when it comes back, and goes to where the user was going', async () => {
    const { aurelia, page } = await signedIn({}, '/orders?page=2');
    expect(aurelia.authService.authenticated).toBeTrue();
    expect(aurelia.authService.getIdTokenPayload()?.['sub']).toBe('ann');
    expect(aurelia.page.visited).toEqual(['/orders?page=2']);
    expect(page.url).toBe(`${app}/signed-in`);
    expect(aurelia.log).toContain('event true');
  });

  it('goes where the configuration says when the user was going nowhere in particular', async () => {
    const { aurelia } = await signedIn();
    expect(aurelia.page.visited).toEqual(['#/']);
  });

  it('keeps the guard waiting until it is known who is there [C-70]', async () => {
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

  it('says why the provider did not sign the user in', async () => {
    const page = new TestPage();
    await openIdApp(page).authService.login();
    page.provider.mischief = { answer: answer => answer.set('error', 'access_denied') };
    const { authService } = openIdApp(page, page.returnFromProvider());
    await authService.ready;
    expect(authService.authenticated).toBeFalse();
    expect(authService.signInError).toEqual(
      jasmine.objectContaining({ code: 'login_failed', oauthError: 'access_denied' }),
    );
  });

  for (const [what, address, code] of [
    ['an answer that comes too late, or is none to this browser', `${app}/signed-in?code=c&state=s`, 'unknown_state'],
    ['the error of one', `${app}/signed-in?error=access_denied&state=s`, 'unknown_state'],
    ['what looks like one on another page', `${app}/?code=c&state=s`, undefined],
    ["the application's own", `${app}/signed-in?code=SUMMER`, undefined],
  ] as const) {
    it(`${code ? 'refuses' : 'leaves alone'} ${what} [C-11]`, async () => {
      const page = new TestPage();
      const { authService } = openIdApp(page, address);
      await authService.ready;
      expect(codeOf(authService.signInError)).toBe(code);
      expect([authService.authenticated, page.url]).toEqual([false, address]);
    });
  }

  it('[F88] has nothing to say of a used answer to a user who is signed in', async () => {
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
    await until(() => popup?.url !== undefined);
    page.report(page.provider.authorize(popup?.url ?? ''), popup?.window);
    await signedIn;
    expect(authService.authenticated).toBeTrue();
    expect(aureliaPage.visited).toEqual(['/orders']);
  });

  it('leads where the guard stopped the user by the second popup, when the first one came to nothing', async () => {
    const page = new TestPage();
    const { authService, page: aureliaPage } = openIdApp(page);
    aureliaPage.address = `${app}/#/orders`;
    authService.redirects.rememberTarget();
    page.popupsAllowed = false;
    await expectAsync(authService.authenticate()).toBeRejected();
    page.popupsAllowed = true;
    const signedIn = authService.authenticate();
    const [popup] = page.popups;
    await until(() => popup?.url !== undefined);
    page.report(page.provider.authorize(popup?.url ?? ''), popup?.window);
    await signedIn;
    expect(aureliaPage.visited).toEqual(['/#/orders']);
  });

  it('has its tokens renewed by the provider, and counts as signed in meanwhile', async () => {
    const { aurelia, page } = await signedIn({ renewal: 'silent' });
    const { authService, clock } = aurelia;
    const before = authService.getAccessToken();
    await clock.advance(90_000);
    await until(() => authService.getAccessToken() !== before);
    expect(authService.authenticated).toBeTrue();
    expect(page.frames.length).toBe(1);
    expect(aurelia.server.seen).toEqual([]);
  });

  it('signs out at once, then at the provider, and goes on when it comes back', async () => {
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
    it(`signs nobody in with a code that is still being exchanged after ${what} [C-33]`, async () => {
      const page = new TestPage();
      const app = openIdApp(page);
      page.provider.mischief = { tokens: () => void leave(app) };
      const code = app.authService.authenticate().catch(({ code }) => code);
      const [popup] = page.popups;
      await until(() => popup?.url !== undefined);
      page.report(page.provider.authorize(popup?.url ?? ''), popup?.window);
      expect(await code).toBe('session_ended');
      expect(app.authService.authenticated).toBeFalse();
    });
  }

  it('goes on by itself where the provider offers no sign-out, or cannot be reached', async () => {
    for (const metadata of [(said: Record<string, unknown>) => delete said['end_session_endpoint'], () => offline()]) {
      const { aurelia, page } = await signedIn();
      aurelia.page.visited.length = 0;
      const fresh = new TestPage({ provider: page.provider });
      page.provider.mischief = { metadata };
      const next = openIdApp(fresh);
      next.authService.setResponseObject({ access_token: 'a', token_type: 'Bearer' });
      await next.authService.logout();
      expect(next.authService.authenticated).toBeFalse();
      expect(next.page.visited).toEqual(['#/']);
    }
  });

  it('sends bound tokens with a proof, the next one with the nonce of the last answer', async () => {
    const page = new TestPage({ dpop: true });
    page.provider.mischief = { tokens: body => Object.assign(body, { token_type: 'DPoP' }) };
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

  it('still signs in by name and password, where it has its own server too', async () => {
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
