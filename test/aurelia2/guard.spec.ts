import { jwt } from '../aurelia/support/test-server.js';
import { credentials, testApp, testHouse } from './support/test-app.js';

describe('the guard of Aurelia 2 routes', () => {
  for (const [path, page] of [
    ['', 'home'],
    ['login', 'login'],
    ['orders', 'login'],
    ['orders/7', 'login'],
    ['admin', 'login'],
    ['premium', 'login'],
    ['area/open', 'area home'],
    ['area/closed', 'login'],
    ['members/open', 'login'],
  ] as const) {
    it(`shows an unauthenticated user at "${path}" the page "${page}"`, async () => {
      const { host } = await testApp({ path });
      expect(host.textContent?.trim()).toBe(page);
    });
  }

  for (const [claims, path, page] of [
    [{}, 'orders', 'orders'],
    [{}, 'login', 'home'],
    [{}, 'admin', 'home'],
    [{ roles: ['user'] }, 'admin', 'home'],
    [{ roles: ['user', 'owner'] }, 'admin', 'admin'],
    [{ role: 'admin' }, 'admin', 'admin'],
    [{ plan: 'free' }, 'premium', 'home'],
    [{ plan: 'premium' }, 'premium', 'admin'],
  ] as const) {
    it(`shows a user with ${JSON.stringify(claims)} at "${path}" the page "${page}"`, async () => {
      const { auth, host, router } = await testApp();
      auth.session.logIn({ access_token: jwt(claims), expires_in: 60 });
      await router.load(path);
      expect(host.textContent?.trim()).toBe(page);
    });
  }

  it('redirects a denied user to forbiddenRoute', async () => {
    const { auth, host, router } = await testApp({ options: { forbiddenRoute: 'forbidden' } });
    auth.session.logIn({ access_token: jwt({}), expires_in: 60 });
    await router.load('admin');
    expect(host.textContent?.trim()).toBe('forbidden');
  });

  it('does not loop if the forbidden page, the home page or the login page is denied itself', async () => {
    for (const options of [{ forbiddenRoute: 'admin' }, { homeRoute: 'login' }, { loginRoute: 'orders' }]) {
      const { auth, router } = await testApp({ options });
      await router.load('admin');
      auth.session.logIn({ access_token: jwt({}), expires_in: 60 });
      await router.load('admin');
      await router.load('login');
      expect(router.isNavigating).toBe(false);
    }
  });

  it('reads roles by rolesOf', async () => {
    const { auth, host, router } = await testApp({ options: { rolesOf: claims => [String(claims?.['group'])] } });
    auth.session.logIn({ access_token: jwt({ group: 'admin' }), expires_in: 60 });
    await router.load('admin');
    expect(host.textContent?.trim()).toBe('admin');
  });

  for (const path of ['orders/7?page=2#top', 'members/open?x=%20', 'area/closed']) {
    it(`remembers ${path}, and redirects to it after login, once`, async () => {
      const { auth, host, location, router } = await testApp({ path });
      expect(host.textContent?.trim()).toBe('login');
      await auth.login(credentials);
      expect(location.path.replace(/^\//, '')).toBe(path.replace('%20', '+'));
      await auth.logout();
      await auth.login(credentials);
      expect(host.textContent?.trim()).toBe('home');
      await router.load('orders');
      expect(host.textContent?.trim()).toBe('orders');
    });
  }

  it('redirects to the path that login() names', async () => {
    const { auth, host } = await testApp({ path: 'orders' });
    await auth.login(credentials, 'area/open');
    expect(host.textContent?.trim()).toBe('area home');
  });

  it('waits for the refresh of a restored session', async () => {
    const house = testHouse();
    const before = await testApp(house);
    await before.auth.login(credentials);
    before.auth.session.dispose();
    before.tab.close();
    await house.clock.sleep(120_000);
    const { host, auth } = await testApp({ ...house, path: 'orders' });
    expect(host.textContent?.trim()).toBe('orders');
    expect(auth.authenticated).toBe(true);
    expect(house.server.refreshes.length).toBe(1);
  });

  it('keeps a restored session on a guarded route while the server is unavailable', async () => {
    const house = testHouse();
    const before = await testApp(house);
    await before.auth.login(credentials);
    before.auth.session.dispose();
    before.tab.close();
    await house.clock.sleep(120_000);
    house.server.failAlways({ status: 503 });
    const starting = testApp({ ...house, path: 'orders' });
    await house.clock.advance(11_000);
    expect((await starting).host.textContent?.trim()).toBe('orders');
  });

  it('leaves a guarded route when the server refuses the refresh, and returns to it after login', async () => {
    const { auth, clock, host, router, server } = await testApp();
    await auth.login(credentials);
    await router.load('orders/7');
    server.revoke();
    await auth.updateToken().catch(() => undefined);
    await clock.advance(100);
    expect(host.textContent?.trim()).toBe('login');
    await auth.login(credentials);
    expect(host.textContent?.trim()).toBe('orders');
  });

  it('stays on an open route when the session ends', async () => {
    const { auth, clock, host, router, server } = await testApp();
    await auth.login(credentials);
    await router.load('area/open');
    server.revoke();
    await auth.updateToken().catch(() => undefined);
    await clock.advance(100);
    expect(host.textContent?.trim()).toBe('area home');
  });

  it('follows a login and a logout in another tab', async () => {
    const house = testHouse();
    const one = await testApp(house);
    const other = await testApp({ ...house, path: 'orders' });
    expect(other.host.textContent?.trim()).toBe('login');
    await one.auth.login(credentials);
    await house.clock.advance(100);
    expect(other.host.textContent?.trim()).toBe('orders');
    await one.auth.logout();
    await house.clock.advance(100);
    expect(other.host.textContent?.trim()).toBe('login');
    expect(other.auth.authenticated).toBe(false);
  });
});
