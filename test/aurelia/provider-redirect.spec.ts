import { AuthError, AuthenticateStep, AuthService, BaseConfig } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { Redirect } from 'aurelia-router';
import { api, credentials, type TestAppOptions, testApp, testBrowser } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

const home = 'https://app.example.com/index.html';
const google = { clientId: 'web', flow: 'redirect', pkce: true, redirectUri: '/back' } as const;

/** A browser that loads the app repeatedly. */
function site(config = {}) {
  const server = new TestServer().on('POST /auth/google', () => json({ access_token: 'of-google' }));
  const browser = testBrowser(server);
  const stored = new Map<string, string>();
  const tabStored = new Map<string, string>();
  const open = (address = home) =>
    testApp(
      { providers: { google }, ...config },
      {
        server,
        browser,
        prepare: ({ page }) => {
          page.address = address;
          page.stored = stored;
          page.tabStored = tabStored;
        },
      },
    );
  const leave = async (redirectUri?: string | true, userData = {}) => {
    const { authService, page } = open();
    await authService.authenticate('google', redirectUri, userData);
    const asked = new URL(page.visited[0] ?? '');
    return { asked, state: asked.searchParams.get('state') ?? '' };
  };
  const comeBack = async (answer: string) => {
    const app = open(`https://app.example.com/back${answer}`);
    await app.authService.ready;
    return app;
  };
  return { server, stored, open, leave, comeBack, clock: browser.options.clock };
}

function codeOf(error: unknown): unknown {
  return error instanceof AuthError ? error.code : error;
}

describe('sign-in at a provider by redirect', () => {
  it('redirects to the provider with a new state and PKCE challenge, and opens no popup [C-10]', async () => {
    const { leave } = site();
    const { asked, state } = await leave();
    expect(asked.origin + asked.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: 'https://app.example.com/back',
      scope: 'openid profile email',
      display: 'page',
      state,
      code_challenge: jasmine.stringMatching('digest of random-'),
      code_challenge_method: 'S256',
    });
    expect(state).not.toBe('');
  });

  it("sends the code to the app's server after the callback, and redirects as after login", async () => {
    const { comeBack, leave, server } = site();
    const { asked, state } = await leave('#/orders', { invitedBy: 'bob' });
    const { authService, page } = await comeBack(`?code=c&state=${state}`);
    const [request] = server.to('/auth/google');
    expect(request?.url).toBe(`${api}/auth/google`);
    const { code_verifier: verifier, ...body } = JSON.parse(request?.body ?? '');
    expect(`digest of ${verifier}`).toBe(asked.searchParams.get('code_challenge') ?? '');
    expect(body).toEqual({
      invitedBy: 'bob',
      clientId: 'web',
      redirectUri: 'https://app.example.com/back',
      code: 'c',
      state,
    });
    expect(authService.getAccessToken()).toBe('of-google');
    expect(page.visited).toEqual([`${home}#/orders`]);
  });

  it('begins when the plugin or ready starts it, and not in the constructor of AuthService', async () => {
    const { leave, server, stored } = site();
    const { state } = await leave();
    const address = `https://app.example.com/back?code=c&state=${state}`;
    let constructed: AuthService | undefined;
    const prepare: TestAppOptions['prepare'] = ({ container, page }) => {
      page.address = address;
      page.stored = stored;
      (container.get(BaseConfig) as BaseConfig).configure({ providers: { google } });
      constructed = container.get(AuthService) as AuthService;
      expect(page.address).toBe(address);
      expect(server.to('/auth/google')).toEqual([]);
    };
    const { authService, page } = testApp({}, { server, prepare });
    expect(constructed).toBe(authService);
    expect(page.address).toBe('https://app.example.com/back');
    await authService.start();
    await authService.ready;
    expect(server.to('/auth/google').length).toBe(1);
    expect(authService.authenticated).toBe(true);
  });

  it('completes before the guard decides', async () => {
    const { leave, open } = site();
    const { state } = await leave();
    const { authService, container } = open(`https://app.example.com/back?code=c&state=${state}`);
    expect(authService.authenticated).toBe(false);
    const step: AuthenticateStep = container.get(AuthenticateStep);
    const instructions = [{ fragment: '/orders', config: { auth: true } }];
    let cancelled: unknown;
    const next = Object.assign(async () => 'went on', {
      cancel: async (reason: unknown) => {
        cancelled = reason;
      },
    });
    const outcome = await step.run({ getAllInstructions: () => instructions } as never, next as never);
    expect(cancelled instanceof Redirect).toBe(false);
    expect(outcome).toBe('went on');
  });

  for (const [answer, address] of [
    ['?lang=de&code=c&state=STATE&iss=x', 'https://app.example.com/back?lang=de'],
    ['?lang=de&error=access_denied&error_description=no&state=STATE', 'https://app.example.com/back?lang=de'],
    ['?code=c&state=STATE#_=_', 'https://app.example.com/back'],
    ['?code=c&state=STATE#/signed-in', 'https://app.example.com/back#/signed-in'],
    ['#state=STATE&access_token=t', 'https://app.example.com/back'],
  ] as const) {
    it(`removes ${answer} from the address [C-18]`, async () => {
      const { leave, open } = site();
      const { state } = await leave();
      const { page } = open(`https://app.example.com/back${answer.replace('STATE', state)}`);
      expect(page.address).toBe(address);
      await settled();
    });
  }

  for (const answer of ['?code=c', '?code=c&state=', '?code=c&state=other', '?error=access_denied&state=other']) {
    it(`ignores ${answer}, and keeps the session [C-11]`, async () => {
      const { comeBack, leave, open, server } = site();
      await open().authService.login(credentials, {}, '');
      await leave();
      const { authService, page } = await comeBack(answer);
      expect(server.to('/auth/google')).toEqual([]);
      expect(authService.getAccessToken()).toBe('access-1');
      expect(authService.signInError).toBeUndefined();
      expect(page.visited).toEqual([]);
    });
  }

  for (const [answer, begun] of [
    ['?code=c&state=other', false],
    ['?error=access_denied&state=other', false],
    ['?code=c', true],
    ['?error=access_denied', true],
  ] as const) {
    it(`rejects ${answer} with ${begun ? 'another' : 'no'} sign-in pending, and reports that [C-11]`, async () => {
      const { comeBack, leave, server } = site();
      if (begun) await leave();
      const { authService, page } = await comeBack(answer);
      expect(codeOf(authService.signInError)).toBe('unknown_state');
      expect([server.to('/auth/google'), authService.authenticated, page.visited]).toEqual([[], false, []]);
    });
  }

  for (const [address, what, config] of [
    ['https://app.example.com/back?code=SUMMER', "the app's own, with no sign-in pending", {}],
    ['https://app.example.com/back?lang=de&state=open', "the app's own", {}],
    ['https://app.example.com/shop?code=c&state=s', 'at a page that is no redirectUri', {}],
    [
      'https://app.example.com/back?code=c&state=s',
      'the callback of a popup',
      { google: { ...google, flow: 'popup' } },
    ],
  ] as const) {
    it(`keeps ${address}: it is ${what}`, async () => {
      const { open } = site('google' in config ? { providers: config } : {});
      const { authService, page } = open(address);
      await authService.ready;
      expect([authService.signInError, page.address]).toEqual([undefined, address]);
    });
  }

  it("reports the provider's error, and accepts no code after that [C-11]", async () => {
    const { comeBack, leave, server } = site();
    const { state } = await leave();
    const { authService } = await comeBack(`?error=access_denied&state=${state}`);
    expect(codeOf(authService.signInError)).toBe('login_failed');
    await comeBack(`?code=c&state=${state}`);
    expect(server.to('/auth/google')).toEqual([]);
  });

  it('redirects to the target of the user when a second attempt succeeds', async () => {
    const { comeBack, leave } = site();
    const { state } = await leave('#/orders');
    await comeBack(`?error=temporarily_unavailable&state=${state}`);
    const again = await leave();
    const { authService, page } = await comeBack(`?code=c&state=${again.state}`);
    expect(page.visited).toEqual(['https://app.example.com/index.html#/orders']);
    await authService.login(credentials);
    expect(page.visited.at(-1)).toBe('#/');
  });

  it('rejects a redirectUri with a fragment', async () => {
    const { open } = site({ providers: { google: { ...google, redirectUri: '/#/back' } } });
    const { authService, page } = open();
    expect(await authService.authenticate('google').catch(codeOf)).toBe('invalid_configuration');
    expect(page.visited).toEqual([]);
  });

  it('reports that the server rejected the code, and lets the guard decide', async () => {
    const { comeBack, leave, server } = site();
    server.on('POST /auth/google', () => json({ error: 'invalid_grant' }, 400));
    const { state } = await leave();
    const { authService, page } = await comeBack(`?code=c&state=${state}`);
    expect((authService.signInError as Response).status).toBe(400);
    expect([authService.authenticated, page.visited]).toEqual([false, []]);
  });

  it('does nothing when the user navigates back to the callback [F88]', async () => {
    const { comeBack, leave, server } = site();
    const { state } = await leave();
    await comeBack(`?code=c&state=${state}`);
    const { authService } = await comeBack(`?code=c&state=${state}`);
    expect(server.to('/auth/google').length).toBe(1);
    expect([authService.authenticated, authService.signInError]).toEqual([true, undefined]);
  });

  it('accepts no callback after ten minutes [C-11]', async () => {
    const { clock, comeBack, leave, server } = site();
    const { state } = await leave();
    await clock.advance(601_000);
    const { authService } = await comeBack(`?code=c&state=${state}`);
    expect([server.to('/auth/google').length, authService.authenticated]).toEqual([0, false]);
  });

  it('works in several tabs at once [C-12]', async () => {
    const { comeBack, leave, server } = site();
    const one = await leave('#/one');
    const other = await leave('#/other');
    const first = await comeBack(`?code=c&state=${one.state}`);
    const second = await comeBack(`?code=d&state=${other.state}`);
    expect([first.page.visited, second.page.visited]).toEqual([[`${home}#/one`], [`${home}#/other`]]);
    expect(server.to('/auth/google').length).toBe(2);
  });

  for (const [wish, target] of [
    [undefined, '#/'],
    [true, home],
    ['https://evil.example/', '#/'],
    ['//evil.example/', '#/'],
    ['javascript:alert(1)', '#/'],
    ['https://partner.example', 'https://partner.example'],
  ] as const) {
    it(`redirects to ${target} when ${wish} was requested [C-19]`, async () => {
      const { comeBack, leave } = site({ signupRedirect: 'https://partner.example' });
      const { state } = await leave(wish);
      expect((await comeBack(`?code=c&state=${state}`)).page.visited).toEqual([target]);
    });
  }

  it('redirects to no other origin, even if the stored address was modified [C-19]', async () => {
    const { comeBack, leave, stored } = site();
    const { state } = await leave('#/orders');
    for (const [name, text] of stored) stored.set(name, text.replace('app.example.com/index', 'evil.example/index'));
    expect((await comeBack(`?code=c&state=${state}`)).page.visited).toEqual(['#/']);
  });

  it('sends the token of a user who links an account', async () => {
    const { comeBack, leave, open, server } = site();
    await open().authService.login(credentials, {}, '');
    const { state } = await leave();
    await comeBack(`?code=c&state=${state}`);
    expect(server.to('/auth/google')[0]?.headers.get('Authorization')).toBe('Bearer access-1');
  });

  it('does not link an account to another user than the one who began [C-47]', async () => {
    const { comeBack, leave, open, server } = site();
    await open().authService.login(credentials, {}, '');
    const { state } = await leave();
    await open().authService.login(credentials, {}, '');
    const { authService } = await comeBack(`?code=c&state=${state}`);
    expect(codeOf(authService.signInError)).toBe('session_changed');
    expect(server.to('/auth/google')).toEqual([]);
    expect(authService.getAccessToken()).toBe('access-2');
  });

  it('delays the guard by tokenWaitSeconds at most, and signs in later', async () => {
    const { clock, leave, open, server } = site({ tokenWaitSeconds: 5 });
    let answer: (response: Response) => void = () => undefined;
    server.on('POST /auth/google', () => new Promise(resolve => (answer = resolve)));
    const { state } = await leave();
    const { authService } = open(`https://app.example.com/back?code=c&state=${state}`);
    await clock.advance(5000);
    await expectAsync(authService.ready).toBeResolved();
    expect(authService.authenticated).toBe(false);
    answer(json({ access_token: 'late' }));
    await settled();
    expect(authService.getAccessToken()).toBe('late');
  });

  it('is rejected without storage, and with OAuth 1.0', async () => {
    const { open } = site({ providers: { google, twitter: { flow: 'redirect' } } });
    const { authService, page } = open();
    expect(codeOf(await authService.authenticate('twitter').catch(error => error))).toBe('invalid_configuration');
    spyOn(page.stored, 'set').and.throwError('QuotaExceededError');
    expect(codeOf(await authService.authenticate('google').catch(error => error))).toBe('login_failed');
    expect(page.visited).toEqual([]);
  });
});
