import { AuthError } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { TestWindows } from '../login/support.js';
import { api, credentials, testApp } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

function providerApp(config = {}) {
  const windows = new TestWindows();
  const server = new TestServer();
  server.on('POST /auth/google', server.tokens);
  const app = testApp(
    { providers: { google: { clientId: 'web' } }, ...config },
    { server, prepare: ({ page }) => spyOn(page, 'providers').and.returnValue(windows.ports) },
  );
  return { ...app, windows };
}

describe('sign-in at a known provider', () => {
  it("sends the code to the app's server, and redirects as after login", async () => {
    const { authService, page, server, windows } = providerApp();
    const done = authService.authenticate('google', '#/home', { invitedBy: 'bob' });
    await settled();
    expect(windows.popup.visited[0]).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/);
    expect(windows.popup.request).toEqual({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: 'https://app.example.com',
      scope: 'openid profile email',
      display: 'popup',
      state: 'random-1',
    });
    windows.popup.redirect('https://app.example.com/?code=c&state=random-1');
    await windows.clock.advance(35);
    await done;
    const [request] = server.to('/auth/google');
    expect(request?.url).toBe(`${api}/auth/google`);
    expect(request?.credentials).toBe('include');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      invitedBy: 'bob',
      clientId: 'web',
      redirectUri: 'https://app.example.com',
      code: 'c',
      state: 'random-1',
    });
    expect(authService.authenticated).toBe(true);
    expect(page.visited).toEqual(['#/home']);
  });

  it('sends the token of a user who links an account', async () => {
    const { authService, server, windows } = providerApp({ withCredentials: false });
    await authService.login(credentials, {}, '');
    const done = authService.authenticate('google');
    await settled();
    windows.popup.redirect('https://app.example.com/?code=c&state=random-1');
    await windows.clock.advance(35);
    await done;
    expect(server.to('/auth/google')[0]?.headers.get('Authorization')).toBe('Bearer access-1');
    expect(server.to('/auth/google')[0]?.credentials).toBe('same-origin');
  });

  it('does not link an account to another user than the one who began [C-47]', async () => {
    const { authService, server, windows } = providerApp();
    await authService.login(credentials, {}, '');
    const outcome = authService.authenticate('google').catch((error: AuthError) => error.code);
    await settled();
    await authService.login(credentials, {}, '');
    windows.popup.redirect('https://app.example.com/?code=c&state=random-1');
    await windows.clock.advance(35);
    expect(await outcome).toBe('session_changed');
    expect(server.to('/auth/google')).toEqual([]);
    expect(authService.getAccessToken()).toBe('access-2');
  });

  it('uses the tokens of an implicit response', async () => {
    const { authService, server, windows } = providerApp({
      providers: { google: { clientId: 'web', responseType: 'token' } },
    });
    const done = authService.authenticate('google');
    await settled();
    windows.popup.redirect('https://app.example.com/#access_token=implicit&state=random-1');
    await windows.clock.advance(35);
    await done;
    expect(authService.getAccessToken()).toBe('implicit');
    expect(server.seen).toEqual([]);
  });

  it('rejects an unknown provider', async () => {
    const { authService } = providerApp();
    await expectAsync(authService.authenticate('gogle')).toBeRejectedWithError(AuthError, /"gogle".*google/);
  });

  it('uses a request token with OAuth 1.0', async () => {
    const { authService, server, windows } = providerApp();
    const answers = [json({ oauth_token: 'request' }), json({ access_token: 'of-twitter' })];
    server.on('POST /auth/twitter', () => answers.shift() ?? json({}));
    const done = authService.authenticate('twitter');
    await settled();
    expect(windows.popup.request).toEqual({ oauth_token: 'request' });
    windows.popup.redirect('https://app.example.com/?oauth_token=request&oauth_verifier=v');
    await windows.clock.advance(35);
    await done;
    expect(authService.getAccessToken()).toBe('of-twitter');
    expect(server.seen[1]?.body).toBe('{"oauth_token":"request","oauth_verifier":"v"}');
  });

  it('closes the popup when the request token fails [B36]', async () => {
    const { authService, windows } = providerApp();
    await expectAsync(authService.authenticate('twitter')).toBeRejected();
    expect(windows.popup.closed).toBe(true);
  });

  it('uses the Lock widget with auth0, and rejects if that is not loaded [B36]', async () => {
    const { authService, page } = providerApp();
    await expectAsync(authService.authenticate('auth0')).toBeRejectedWithError(AuthError, /Auth0Lock/);
    const listeners: Record<string, (value: unknown) => void> = {};
    class Auth0Lock {
      on(event: string, listener: (value: unknown) => void) {
        listeners[event] = listener;
      }
      show() {}
      hide() {}
    }
    spyOn(page, 'global').and.returnValue(Auth0Lock);
    const done = authService.authenticate('auth0');
    await settled();
    listeners['authenticated']?.({ accessToken: 'of-auth0', idToken: 'id' });
    await done;
    expect(authService.getAccessToken()).toBe('of-auth0');
    expect(authService.getIdToken()).toBe('id');
  });
});

describe('sign-out at a provider', () => {
  it("ends the session first, and redirects after the provider's response [B21]", async () => {
    const { authService, page, windows } = providerApp({
      providers: { google: { logoutEndpoint: 'https://accounts.google.com/logout' } },
    });
    authService.setResponseObject({ access_token: 'a', id_token: 'i' });
    const done = authService.logout(undefined, undefined, 'google');
    expect(authService.authenticated).toBe(false);
    await settled();
    expect(windows.popup.request).toEqual({ state: 'random-1', id_token_hint: 'i' });
    windows.popup.redirect('https://app.example.com/?state=random-1');
    await windows.clock.advance(35);
    await done;
    expect(page.visited).toEqual(['#/']);
  });

  it('ends the session even if the popup is closed, or the provider has no logoutEndpoint [B21]', async () => {
    const { authService, windows } = providerApp({
      providers: { google: { logoutEndpoint: 'https://accounts.google.com/logout' } },
    });
    authService.setResponseObject({ access_token: 'a' });
    expect(await authService.logout(undefined, undefined, 'github')).toBe('Not Applicable');
    expect(authService.authenticated).toBe(false);
    authService.setResponseObject({ access_token: 'a' });
    const done = authService.logout(undefined, undefined, 'google');
    windows.popup.close();
    await windows.clock.advance(1000);
    await expectAsync(done).toBeResolved();
    expect(authService.authenticated).toBe(false);
  });
});
