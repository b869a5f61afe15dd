import { AuthError, type Provider, providerLogin, providerLoginPorts, providerLogout } from 'aurelia-auth-refresh/core';
import { jwt } from '../aurelia/support/test-server.js';
import { TestWindows } from './support.js';

const provider: Provider = {
  name: 'acme',
  authorizationEndpoint: 'https://acme.example/authorize',
  clientId: 'web',
  redirectUri: 'https://app.example.com/back',
};

const back = 'https://app.example.com/back';

async function code(login: Promise<unknown>): Promise<unknown> {
  return login.then(
    () => 'resolved',
    (error: unknown) => (error instanceof AuthError ? error.code : error),
  );
}

describe('signing in at a provider', () => {
  it('opens a popup at once and sends the configured parameters', async () => {
    const windows = new TestWindows();
    const login = providerLogin(
      {
        ...provider,
        popupOptions: { width: 300, height: 200 },
        scope: ['a', 'b'],
        scopePrefix: 'openid',
        scopeDelimiter: ' ',
        display: 'popup',
        resource: () => 'https://api.example.com',
        requiredUrlParams: ['scope', 'state', 'resource'],
        optionalUrlParams: ['display', 'missing_one'],
      },
      windows.ports,
    );
    expect(windows.popup.options).toEqual({ name: 'acme', width: 300, height: 200 });
    await windows.clock.advance(0);
    expect(windows.popup.request).toEqual({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: back,
      scope: 'openid a b',
      resource: 'https://api.example.com',
      display: 'popup',
      state: 'random-1',
    });
    windows.popup.redirect(`${back}?code=c&state=random-1`);
    await windows.clock.advance(35);
    expect((await login).parameters).toEqual(jasmine.objectContaining({ code: 'c' }));
    expect(windows.popup.closed).toBe(true);
    expect([windows.clock.armed, windows.listening]).toEqual([0, 0]);
  });

  it('returns the code verifier with pkce [C-10]', async () => {
    const windows = new TestWindows();
    const login = providerLogin({ ...provider, pkce: true }, windows.ports);
    await windows.clock.advance(0);
    expect(windows.popup.request).toEqual(
      jasmine.objectContaining({ code_challenge: 'digest of random-2', code_challenge_method: 'S256' }),
    );
    windows.popup.redirect(`${back}?code=c&state=random-1`);
    await windows.clock.advance(35);
    expect((await login).codeVerifier).toBe('random-2');
  });

  for (const [response, expected] of [
    ['?code=c&state=random-1', 'resolved'],
    ['#code=c&state=random-1', 'resolved'],
    ['?code=c', 'unknown_state'],
    ['?code=c&state=', 'unknown_state'],
    ['?code=c&state=other', 'unknown_state'],
    ['?error=access_denied', 'unknown_state'],
    ['?error=access_denied&state=random-1', 'login_failed'],
    ['#access_token=t', 'unknown_state'],
    ['#access_token=t&state=random-1', 'resolved'],
  ] as const) {
    it(`ends with ${expected} when the response is ${response} [B20] [C-11]`, async () => {
      const windows = new TestWindows();
      const login = code(providerLogin(provider, windows.ports));
      await windows.clock.advance(0);
      windows.popup.redirect(back + response);
      await windows.clock.advance(35);
      expect(await login).toBe(expected);
    });
  }

  it('ignores a constant state [B20]', async () => {
    const windows = new TestWindows();
    void providerLogin({ ...provider, state: 'STATE' }, windows.ports).catch(() => undefined);
    await windows.clock.advance(0);
    expect(windows.popup.request['state']).toBe('random-1');
  });

  for (const [nonce, expected] of [
    ['random-2', 'resolved'],
    ['other', 'untrusted_response'],
    [undefined, 'untrusted_response'],
  ] as const) {
    it(`ends with ${expected} when the id token has the nonce ${nonce} [B20]`, async () => {
      const windows = new TestWindows();
      const login = code(providerLogin({ ...provider, responseType: 'id_token token' }, windows.ports));
      await windows.clock.advance(0);
      expect(windows.popup.request['nonce']).toBe('random-2');
      windows.popup.redirect(`${back}#state=random-1&access_token=t&id_token=${jwt({ nonce })}`);
      await windows.clock.advance(35);
      expect(await login).toBe(expected);
    });
  }

  it('rejects with popup_blocked when the browser blocks the popup [C-21]', async () => {
    const windows = new TestWindows();
    windows.blocked = true;
    expect(await code(providerLogin(provider, windows.ports))).toBe('popup_blocked');
  });

  it('rejects with popup_closed within a second when the user closes the popup, and removes its timers and listeners [C-21]', async () => {
    const windows = new TestWindows();
    const login = code(providerLogin(provider, windows.ports));
    await windows.clock.advance(100);
    windows.popup.close();
    await windows.clock.advance(1000);
    expect(await login).toBe('popup_closed');
    expect([windows.clock.armed, windows.listening]).toEqual([0, 0]);
  });

  it('completes with the relayed callback when the popup is severed and looks closed [B36] [C-21]', async () => {
    const windows = new TestWindows();
    const login = code(providerLogin(provider, windows.ports));
    await windows.clock.advance(100);
    windows.popup.closed = true;
    await windows.clock.advance(100);
    windows.relay(`${back}?code=c&state=random-1`);
    expect(await login).toBe('resolved');
  });

  it('ignores the callback of another sign-in, and still completes [B36] [C-12] [C-17]', async () => {
    const windows = new TestWindows();
    const { ports } = windows;
    const first = providerLogin(provider, ports);
    const second = providerLogin(provider, ports);
    await windows.clock.advance(0);
    windows.relay('https://evil.example/?code=evil&state=random-1');
    windows.relay(`${back}?code=two&state=random-2`);
    windows.relay(`${back}?code=one&state=random-1`);
    expect([(await first).parameters['code'], (await second).parameters['code']]).toEqual(['one', 'two']);
  });

  it('uses the popup for the latest sign-in after a double click', async () => {
    const urls: URL[] = [];
    const back = `${location.origin}/back`;
    const opened = {
      closed: false,
      location: { href: 'about:blank', replace: (url: string) => urls.push(new URL(url)) },
      focus: () => undefined,
      close: () => {
        opened.closed = true;
        opened.location.href = 'about:blank';
      },
    };
    // A browser returns the same window for the same name.
    spyOn(globalThis, 'open').and.returnValue(opened as unknown as Window);
    const ports = providerLoginPorts();
    const first = code(providerLogin(provider, ports));
    const second = providerLogin(provider, ports);
    await new Promise(resolve => ports.after(50, () => resolve(undefined)));
    opened.location.href = `${back}?code=c&state=${urls.at(-1)?.searchParams.get('state')}`;
    expect((await second).parameters['code']).toBe('c');
    expect(await first).toBe('popup_closed');
    expect(opened.closed).toBe(true);
  });

  it('reads no parameter from a prototype [C-63]', async () => {
    const windows = new TestWindows();
    const login = providerLogin(provider, windows.ports);
    await windows.clock.advance(0);
    windows.popup.redirect(`${back}?__proto__=x&constructor=y&code=c&state=random-1`);
    await windows.clock.advance(35);
    await login;
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});

describe('signing out at a provider', () => {
  const withLogout = { ...provider, logoutEndpoint: 'https://acme.example/logout?x=1', postLogoutRedirectUri: back };

  it('sends no id_token_hint that makes the URL too long', async () => {
    const windows = new TestWindows();
    void providerLogout(withLogout, 'x'.repeat(5000), windows.ports).catch(() => undefined);
    await windows.clock.advance(0);
    expect(windows.popup.request).toEqual({ x: '1', state: 'random-1', post_logout_redirect_uri: back });
  });

  for (const [state, expected] of [
    ['random-1', 'resolved'],
    ['other', 'unknown_state'],
  ] as const) {
    it(`ends with ${expected} when the response has the state ${state}`, async () => {
      const windows = new TestWindows();
      const logout = code(providerLogout(withLogout, 'id', windows.ports));
      await windows.clock.advance(0);
      expect(windows.popup.request).toEqual({
        x: '1',
        state: 'random-1',
        post_logout_redirect_uri: back,
        id_token_hint: 'id',
      });
      windows.popup.redirect(`${back}?state=${state}`);
      await windows.clock.advance(35);
      expect(await logout).toBe(expected);
    });
  }
});
