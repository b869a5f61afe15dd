import { AuthService, configure, PagePorts } from 'aurelia-auth-refresh';
import { FakeTokenServer, TestBrowser, TestClock, type TestTab } from 'aurelia-auth-refresh/testing';
import { HttpClient } from 'aurelia-fetch-client';
import { Container, type FrameworkConfiguration } from 'aurelia-framework';
import { initialize } from 'aurelia-pal-browser';
import { Profile } from './profile.js';

/** The page as a tab of a browser whose clock the spec advances. */
class TabPage extends PagePorts {
  constructor(
    private readonly tab: TestTab,
    private readonly server: FakeTokenServer,
  ) {
    super();
  }

  override session() {
    return this.tab.ports;
  }

  override fetch(request: Request) {
    return this.server.fetch(request);
  }
}

function application() {
  initialize();
  const clock = new TestClock();
  const server = new FakeTokenServer({ clock });
  const browser = new TestBrowser({ clock, fetch: server.fetch });
  const tab = browser.openTab();
  spyOn(globalThis, 'fetch').and.callFake(server.fetch);

  const container = new Container();
  container.registerInstance(PagePorts, new TabPage(tab, server));
  const http: HttpClient = container.get(HttpClient);
  http.configure(config => config.withBaseUrl('https://app.example/'));
  const aurelia = { container, globalResources: () => undefined } as unknown as FrameworkConfiguration;
  configure(aurelia, {
    configureEndpoints: [http],
    loginUrl: 'auth/login',
    refreshTokenUrl: 'auth/login',
    useRefreshToken: true,
    loginRedirect: null,
    logoutRedirect: null,
    expiredRedirect: null,
  });
  const authService: AuthService = container.get(AuthService);
  return { authService, clock, profile: container.get(Profile) as Profile, server, tab };
}

describe('the profile', () => {
  it('shows the signed-in user long after the access token has expired', async () => {
    const { authService, clock, profile, server } = application();
    await authService.login({ email: 'ann@example.com', password: 'secret' });
    await clock.sleep(8 * 3_600_000);
    await profile.activate();
    expect(profile.name).toBe('ann@example.com');
    expect(server.refreshes.length).toBe(1);
  });

  it('requests a sign-in once the server has ended the session', async () => {
    const { authService, profile, server } = application();
    await authService.login({ email: 'ann@example.com', password: 'secret' });
    server.revoke();
    await profile.activate();
    expect(profile.message).toBe('Please sign in again.');
    expect(authService.isAuthenticated()).toBe(false);
  });

  it('keeps the user signed in while there is no network', async () => {
    const { authService, clock, profile, server, tab } = application();
    await authService.login({ email: 'ann@example.com', password: 'secret' });
    server.goOffline();
    await clock.sleep(600_000);
    const shown = profile.activate();
    await clock.advance(11_000);
    await shown;
    expect(profile.message).toBe('No connection. Trying again …');
    expect(authService.isAuthenticated()).toBe(true);

    server.goOnline();
    tab.wake();
    await profile.activate();
    expect(profile.name).toBe('ann@example.com');
  });
});
