import { credentials, testApp, testBrowser } from './support/test-app.js';
import { jwt, refreshing, refreshingServer } from './support/test-server.js';

describe('another tab', () => {
  async function twoTabs(options = {}) {
    const server = refreshingServer();
    const browser = testBrowser(server);
    const one = testApp({ ...refreshing, ...options }, { browser, server });
    const other = testApp({ ...refreshing, ...options }, { browser, server });
    await one.authService.login(credentials, {}, '');
    await browser.options.clock.advance(10);
    return { one, other, browser, clock: browser.options.clock };
  }

  it('that signs in signs this tab in, and redirects it', async () => {
    const { other } = await twoTabs({ storageChangedRedirect: '#/changed', storageChangedReload: true });
    expect(other.authService.authenticated).toBe(true);
    expect(other.log).toEqual(['signal authentication-change', 'event true']);
    expect(other.page.visited).toEqual(['#/changed']);
    expect(other.page.reloads).toBe(1);
  });

  it('that signs another user in is published here, and redirects; a login of the same user is not [B28]', async () => {
    const { one, other, clock } = await twoTabs({ storageChangedRedirect: '#/changed' });
    const signIn = async (sub: string, jti: number, issuer?: string) => {
      other.log.length = 0;
      other.page.visited.length = 0;
      const claims = { sub, jti, ...(issuer && { iss: issuer }) };
      one.authService.setResponseObject({ access_token: jwt(claims), expires_in: 600 });
      await clock.advance(10);
      expect(other.authService.getTokenPayload()).toEqual(claims);
      return [...other.log, ...other.page.visited];
    };
    await signIn('ada', 1);
    expect(await signIn('ada', 2)).toEqual([]);
    expect(await signIn('bob', 3)).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(await signIn('bob', 4, 'elsewhere')).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(one.page.visited).toEqual([]);
  });

  it('that signs in counts as another user if the tokens name no subject [C-67]', async () => {
    const { one, other, clock } = await twoTabs({ storageChangedRedirect: '#/changed' });
    other.log.length = 0;
    other.page.visited.length = 0;
    one.authService.setResponseObject({ access_token: 'opaque token', expires_in: 600 });
    await clock.advance(10);
    expect(other.authService.getAccessToken()).toBe('opaque token');
    expect([...other.log, ...other.page.visited]).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(one.page.visited).toEqual([]);
  });

  it('that signs out signs this tab out', async () => {
    const { one, other, clock } = await twoTabs();
    await one.authService.logout();
    await clock.advance(10);
    expect(other.authService.authenticated).toBe(false);
    expect(other.authService.state).toEqual(jasmine.objectContaining({ ended: 'other_tab' }));
  });

  it('that refreshes passes its tokens to this tab, without event or redirect', async () => {
    const { one, other, clock } = await twoTabs();
    const before = [other.log.length, other.page.visited.length];
    await one.authService.updateToken();
    await clock.advance(10);
    expect(other.authService.getAccessToken()).toBe('access-2');
    expect([other.log.length, other.page.visited.length]).toEqual(before);
  });
});
