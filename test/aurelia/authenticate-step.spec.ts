import { type AuthConfig, AuthenticateStep } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import type { NavigationInstruction, Next, Redirect } from 'aurelia-router';
import { credentials, testApp, testBrowser } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

interface Route {
  readonly fragment: string;
  readonly auth?: unknown;
}

/** Runs the step for a route and its child routes. Returns where it leads. */
async function led(step: AuthenticateStep, ...routes: Route[]): Promise<string> {
  const instructions = routes.map(({ fragment, auth }) => ({ fragment, config: { auth } }));
  const instruction = { getAllInstructions: () => instructions } as unknown as NavigationInstruction;
  const next = Object.assign(async () => 'on', {
    cancel: async (command: Partial<Redirect>) => `to ${command.url ?? 'nowhere'}`,
  }) as unknown as Next;
  return (await step.run(instruction, next)) as string;
}

async function guard(config: AuthConfig = {}, { signedIn = false } = {}) {
  const app = testApp(config);
  if (signedIn) await app.authService.login(credentials);
  return { ...app, step: app.container.get(AuthenticateStep) as AuthenticateStep };
}

describe('AuthenticateStep', () => {
  for (const [who, signedIn, routes, where] of [
    ['an unauthenticated user', false, [{ fragment: '/orders', auth: true }], 'to /login'],
    ['an unauthenticated user', false, [{ fragment: '/shop' }, { fragment: 'cart', auth: true }], 'to /login'],
    ['an unauthenticated user', false, [{ fragment: '/shop' }], 'on'],
    ['an unauthenticated user', false, [{ fragment: '/shop', auth: 'yes' }], 'on'],
    ['an unauthenticated user', false, [{ fragment: '/login' }], 'on'],
    ['an unauthenticated user', false, [{ fragment: '/login', auth: true }], 'on'],
    ['a signed-in user', true, [{ fragment: '/orders', auth: true }], 'on'],
    ['a signed-in user', true, [{ fragment: '/login' }], 'to #/'],
    ['a signed-in user', true, [{ fragment: '/login', auth: true }], 'on'],
  ] as const) {
    it(`leads ${who} at ${JSON.stringify(routes)} ${where} [C-70]`, async () => {
      const { step } = await guard({}, { signedIn });
      expect(await led(step, ...routes)).toBe(where);
    });
  }

  for (const loginRedirect of ['/login', '#/login', false, ''] as const) {
    it(`lets a signed-in user stay at the login route when loginRedirect is ${JSON.stringify(loginRedirect)} [C-70]`, async () => {
      const { step } = await guard({ loginRedirect }, { signedIn: true });
      expect(await led(step, { fragment: '/login' })).toBe('on');
    });
  }

  for (const address of [
    'https://app.example.com/index.html#/orders?page=2',
    'https://app.example.com/shop/orders?page=2#top',
  ]) {
    it(`redirects to ${address} after login, once, with returnAfterLogin`, async () => {
      const { authService, page, step } = await guard({ returnAfterLogin: true });
      page.address = address;
      await led(step, { fragment: '/orders', auth: true });
      page.address = 'https://app.example.com/index.html#/login';
      await authService.login(credentials);
      await authService.login(credentials);
      expect(page.visited).toEqual([address.replace('https://app.example.com', ''), '#/']);
    });
  }

  it('forgets the denied route without returnAfterLogin, and when login() names an address', async () => {
    const { authService, page, step } = await guard();
    page.address = 'https://app.example.com/#/orders';
    await led(step, { fragment: '/orders', auth: true });
    await authService.login(credentials);
    authService.config.returnAfterLogin = true;
    await authService.logout('');
    await led(step, { fragment: '/orders', auth: true });
    await authService.login(credentials, {}, '#/elsewhere');
    expect(page.visited).toEqual(['#/', '#/elsewhere']);
  });

  it('forgets the denied route when the session ends', async () => {
    const { authService, page, step } = await guard({ returnAfterLogin: true });
    page.address = 'https://app.example.com/#/orders';
    await led(step, { fragment: '/orders', auth: true });
    authService.setResponseObject({ access_token: 'got elsewhere' });
    await authService.logout('');
    await authService.login(credentials);
    expect(page.visited).toEqual(['#/']);
  });

  it('redirects to the denied route after a reload of the login page, and not to one of another origin', async () => {
    const { page, step } = await guard({ returnAfterLogin: true });
    page.address = 'https://app.example.com/#/orders';
    await led(step, { fragment: '/orders', auth: true });
    for (const [text, target] of [
      [undefined, '/#/orders'],
      ['https://evil.example/', '#/'],
      ['//evil.example/', '#/'],
    ] as const) {
      const { tabStored } = page;
      const stored = new Map([...tabStored].map(([name, value]) => [name, text ?? value]));
      const again = testApp({}, { prepare: ({ page: reloaded }) => Object.assign(reloaded, { tabStored: stored }) });
      await again.authService.login(credentials);
      await again.authService.login(credentials);
      expect(again.page.visited).toEqual([target, '#/']);
    }
  });

  it('redirects to the denied route when the browser denies storage', async () => {
    const { authService, page, step } = await guard({ returnAfterLogin: true });
    spyOnProperty(page, 'tabStorage').and.throwError('SecurityError');
    page.address = 'https://app.example.com/#/orders';
    await led(step, { fragment: '/orders', auth: true });
    await authService.login(credentials);
    expect(page.visited).toEqual(['/#/orders']);
  });

  it('waits for the refresh of a restored session [B10] [C-70]', async () => {
    const { step, answer } = await returning();
    let where: string | undefined;
    void led(step, { fragment: '/orders', auth: true }).then(result => {
      where = result;
    });
    await settled();
    expect(where).toBeUndefined();
    answer(json({ access_token: 'next', expires_in: 600 }));
    await settled();
    expect(where).toBe('on');
  });

  for (const [address, where] of [
    ['#/orders?page=2', 'to nowhere'],
    ['#/', 'on'],
    ['#top', 'on'],
  ] as const) {
    it(`leads ${where} when the page was redirected to ${address} meanwhile`, async () => {
      const { page, step, answer } = await returning();
      const leading = led(step, { fragment: '/', auth: true });
      page.address += address;
      answer(json({ access_token: 'next', expires_in: 600 }));
      expect(await leading).toBe(where);
    });
  }

  it('redirects to the login route when the refresh is refused', async () => {
    const { step, answer } = await returning();
    const where = led(step, { fragment: '/orders', auth: true });
    answer(json({ error: 'invalid_grant' }, 400));
    expect(await where).toBe('to /login');
  });

  it('accepts the session when the server is unavailable [C-71]', async () => {
    const { clock, step, answer } = await returning();
    const where = led(step, { fragment: '/orders', auth: true });
    answer(new Response('', { status: 503 }));
    await clock.advance(11_000);
    expect(await where).toBe('on');
  });

  async function returning() {
    const config = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };
    let answer: (response: Response) => void = () => undefined;
    const server = new TestServer(600).on('POST /auth/token', () => new Promise(resolve => (answer = resolve)));
    const browser = testBrowser(server);
    const before = testApp(config, { browser, server });
    await before.authService.login(credentials);
    before.authService.session.dispose();
    await browser.options.clock.sleep(700_000);
    const app = testApp(config, { browser, server });
    await settled();
    return {
      ...app,
      step: app.container.get(AuthenticateStep) as AuthenticateStep,
      answer: (response: Response) => answer(response),
    };
  }
});
