import { AuthenticateStep } from 'aurelia-auth-refresh';
import { sessionProviderKey } from 'aurelia-auth-refresh/core';
import { configure, OpenIdConnect } from 'aurelia-auth-refresh/oidc';
import { Container } from 'aurelia-framework';
import type { NavigationInstruction, Next } from 'aurelia-router';
import { type TestApp, testApp } from '../aurelia/support/test-app.js';
import { clientId, issuer } from './support/hostile-provider.js';
import { app, TestPage, type TestPageOptions, until } from './support/test-page.js';

/** An Aurelia application whose users sign in at an OpenID provider, at an address. */
function openIdApp(page: TestPage, address = `${app}/`): TestApp {
  page.url = address;
  return testApp({}, { prepare: ({ container }) => container.registerInstance(sessionProviderKey, page.oidc) });
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
  it('is given its provider by the plugin', () => {
    const container = new Container();
    configure({ container }, { issuer, clientId, redirectUri: '/' });
    expect(container.get(sessionProviderKey)).toBeInstanceOf(OpenIdConnect);
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

  it('sends bound tokens with a proof', async () => {
    const page = new TestPage({ dpop: true });
    page.provider.mischief = { tokens: body => Object.assign(body, { token_type: 'DPoP' }) };
    await openIdApp(page).authService.login();
    const { authService, fetchConfig, http, server } = openIdApp(page, page.returnFromProvider());
    await authService.ready;
    fetchConfig.configure();
    await http.fetch('orders');
    const { headers } = server.seen.at(-1) ?? {};
    expect(headers?.get('Authorization')).toMatch(/^DPoP access-/);
    expect(headers?.get('DPoP')).toMatch(/^ey/);
  });

  it('still signs in by name and password, where it has its own server too', async () => {
    const { authService, server } = openIdApp(new TestPage());
    await authService.login({ email: 'ada@example.com', password: 'secret' });
    expect(authService.authenticated).toBeTrue();
    expect(server.seen.length).toBe(1);
  });
});

function offline(): never {
  throw new TypeError('Failed to fetch');
}
