import type { Environment } from './drop-in/orders-server.js';
import type { Visit } from './drop-in/visit.js';
import { VisitsForSpecs } from './drop-in/visits.js';

const options = { returnAfterLogin: true, providers: { guild: { flow: 'redirect', pkce: true } } };
const byHash: Environment = { authConfig: options };
const byPath: Environment = {
  pushState: true,
  authConfig: { ...options, loginRedirect: '/orders', logoutRedirect: '/', expiredRedirect: '/login' },
};

describe('sign-in by redirect to a third party', () => {
  const visits = new VisitsForSpecs('aurelia-auth-refresh');

  /** Sends the page to the third party, and back by a link there. */
  async function there(visit: Visit, link: 'continue' | 'cancel' = 'continue'): Promise<void> {
    await visit.click('guild');
    await visit.tab.waitForURL(`${visits.thirdParty.origin}/**`);
    await visit.tab.click(`#${link}`);
    await visit.tab.waitForURL(`${visits.server.origin}/**`);
  }

  for (const [routing, environment, before, after] of [
    ['fragments', byHash, '/#/', '/#/'],
    ['paths', byPath, '/', '/'],
  ] as const) {
    it(`comes back to where the user wanted to go, with routing by ${routing}`, async () => {
      const visit = await visits.begin({ at: `${before}profile`, environment });
      expect(await visit.sees('Login')).toContain(`${after}login Login`);
      await there(visit);
      expect(await visit.sees('Profile')).toContain(`${after}profile Profile [Welcome, Orders, Profile] signed in`);
      expect(await visit.text('#profile')).toContain('linked: guild');
      expect(visits.server.requests).toEqual(['POST /auth/guild 200', 'GET /auth/me 200']);
      expect(visits.thirdParty.asked.at(-1)?.['code_challenge_method']).toBe('S256');
      expect(visit.complaints).toEqual([]);
    }, 60_000);
  }

  it('accepts an authorization response once, even if the user goes back to it', async () => {
    const visit = await visits.begin({ at: '/#/login', environment: byHash });
    const callbacks: string[] = [];
    visit.tab.on('request', request => {
      if (request.url().includes('code=')) callbacks.push(request.url());
    });
    await there(visit);
    expect(await visit.sees('Orders')).toContain('signed in');
    expect(callbacks.length).toBe(1);
    await visit.tab.goto(callbacks[0] ?? '');
    expect(await visit.sees('Welcome')).toContain('signed in');
    expect(visits.server.to('/auth/guild')).toEqual(['POST /auth/guild 200']);
    expect(await signInError(visit)).toBeUndefined();
    await visit.goTo('#/orders');
    await visit.sees('Orders');
  }, 60_000);

  it('says that the user changed their mind, and offers the login again', async () => {
    const visit = await visits.begin({ at: '/#/profile', environment: byHash });
    await there(visit, 'cancel');
    expect(await visit.sees('Welcome')).toBe('/ Welcome [Welcome, Login, Signup] signed out, told nothing');
    expect(await signInError(visit)).toBe('login_failed');
    await visit.goTo('#/login');
    await there(visit);
    // The target of the cancelled sign-in is kept for this tab.
    expect(await visit.sees('Profile')).toContain('signed in');
  }, 60_000);

  it('[C-11] rejects a response whose state is forged, missing or from another browser', async () => {
    const elsewhere = await visits.begin({ at: '/#/login', environment: byHash });
    let stolen = '';
    await elsewhere.tab.route(/[?&]code=/, route => {
      stolen = route.request().url();
      return route.abort();
    });
    await elsewhere.click('guild');
    await elsewhere.tab.click('#continue');
    await elsewhere.tab.waitForTimeout(300);
    const { search } = new URL(stolen);
    expect(search).toContain('state=');
    await visits.leave();

    const visit = await visits.begin({ at: '/#/login', environment: byHash });
    await visit.click('guild');
    await visit.tab.waitForURL(`${visits.thirdParty.origin}/**`);
    for (const answer of [search, search.replace(/state=[^&]*/, 'state=forged'), search.replace(/&state=[^&]*/, '')]) {
      await visit.tab.goto(`${visits.server.origin}/${answer}`);
      expect(await visit.sees('Welcome')).toContain('signed out');
      expect(await signInError(visit)).toBe('unknown_state');
    }
    expect(visits.server.to('/auth')).toEqual([]);
  }, 60_000);
});

/** The code of the error that the application could show. */
function signInError(visit: Visit): Promise<string | undefined> {
  return visit.tab.evaluate(() => {
    const { aurelia } = document.body as unknown as {
      aurelia: { root: { viewModel: { authService: { signInError?: { code: string } } } } };
    };
    return aurelia.root.viewModel.authService.signInError?.code;
  });
}
