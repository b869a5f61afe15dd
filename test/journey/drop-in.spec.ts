import { eventually, pause } from '../support/tabs.js';
import { builtApp, type LibraryName } from './drop-in/build-app.js';
import type { Visit } from './drop-in/visit.js';
import { type VisitOptions, VisitsForSpecs } from './drop-in/visits.js';

const predecessor = 'aurelia-authentication';
const ours = 'aurelia-auth-refresh';

describe('an application that was written for aurelia-authentication 3.8.3', () => {
  const visits = new VisitsForSpecs(predecessor, ours);

  /** Results of one visit with each library. */
  async function comparison<T>(
    options: VisitOptions,
    journey: (visit: Visit) => Promise<T>,
  ): Promise<{ readonly before: T; readonly now: T }> {
    const before = await journey(await visits.begin({ ...options, library: predecessor }));
    await visits.leave();
    return { before, now: await journey(await visits.begin({ ...options, library: ours })) };
  }

  async function signedUp(options: VisitOptions = {}): Promise<Visit> {
    const visit = await visits.begin({ ...options, at: '/#/signup' });
    await visit.signUp();
    await visit.sees('Profile');
    return visit;
  }

  /** Waits until the server accepts none of the tokens that it received. */
  const expired = () => eventually(Date.now, now => now >= visits.server.expiresAt);

  it('migrates by a changed package name in its imports, its view and its webpack configuration', async () => {
    const { renamed } = await builtApp(ours);
    expect(renamed.length).toBe(7);
  });

  it('shows the same pages to its users, and sends the same requests to its server', async () => {
    const { before, now } = await comparison({ at: '/#/orders' }, async day => {
      const seen = await firstDay(day);
      return { seen, requests: [...visits.server.requests].sort(), complaints: day.complaints };
    });
    expect(now).toEqual(before);
    expect(now.complaints).toEqual([]);
    expect(now.seen.length).toBe(18);
  }, 90_000);

  it('signs in by popup at third parties as before', async () => {
    const { before, now } = await comparison({ at: '/#/login' }, async day => {
      visits.thirdParty.asked.length = 0;
      const seen = await secondDay(day);
      // 3.8.3 sends no state to facebook; redirect addresses differ in their port.
      const asked = visits.thirdParty.asked.map(({ state, redirect_uri: back, ...query }) => query);
      return { seen, asked, requests: [...visits.server.requests].sort(), complaints: day.complaints };
    });
    expect(now).toEqual(before);
    expect(now.complaints).toEqual([]);
    expect(now.seen.filter(sight => sight.includes('linked'))).toEqual([
      'Grace of the Guild of grace@guild.example, linked: facebook',
      'Ada of ada@example.com, linked: none',
      'Ada of ada@example.com, linked: guild',
      'Ada of ada@example.com, linked: none',
    ]);
    expect(visits.thirdParty.asked.filter(({ state }) => !state)).toEqual([]);
  }, 90_000);

  it('is guarded by AuthorizeStep as before', async () => {
    const { before, now } = await comparison({ at: '/#/profile', environment: { olderGuard: true } }, async day => {
      const seen = [await day.sees('Login')];
      await day.goTo('#/signup');
      await day.signUp();
      seen.push(await day.sees('Profile'));
      await day.goTo('#/login');
      seen.push(await day.sees('Orders'));
      return seen;
    });
    expect(now).toEqual(before);
  }, 60_000);

  it('is signed in and out in all tabs at once as before', async () => {
    const { before, now } = await comparison({ at: '/#/signup' }, async one => {
      const other = await visits.another('/#/login');
      const seen = [await one.sees('Signup'), await other.sees('Login')];
      await one.signUp();
      await other.tab.getByText('signed in').waitFor();
      seen.push(await one.sees('Profile'), await other.sees('Welcome'));
      await other.goTo('#/orders');
      seen.push(await other.sees('Orders'));
      await one.click('logout');
      await other.tab.getByText('signed out').waitFor();
      seen.push(await one.sees('Goodbye'), await other.sees('Welcome'));
      return seen;
    });
    expect(now).toEqual(before);
  }, 60_000);

  it('continues over expiries with one refresh each, in an open page and in a new one', async () => {
    const day = await signedUp({ accessTokenSeconds: 3 });
    await day.goTo('#/orders');
    await day.sees('Orders');
    const expiries = new Set<number>();
    await eventually(
      async () => {
        await day.click('load');
        expiries.add(visits.server.expiresAt);
        return expiries.size;
      },
      tokens => tokens === 4,
    );
    expect(visits.server.to('/auth/token').length).toBe(3);

    await day.tab.close();
    await expired();
    const earlier = visits.server.to('/auth/token').length;
    const later = await visits.another('/#/orders');
    expect(await later.sees('Orders')).toContain('signed in');
    expect(visits.server.to('/auth/token').length - earlier).toBe(1);
    expect(visits.server.requests.filter(request => / [45]\d\d$/.test(request))).toEqual([]);
    expect([...day.complaints, ...later.complaints]).toEqual([]);
  }, 60_000);

  it('finds the session that aurelia-authentication stored, without a request', async () => {
    await (await signedUp({ library: predecessor })).tab.close();
    const requests = visits.server.requests.length;
    await visits.deploy(ours);
    const day = await visits.another('/');
    expect(await day.sees('Welcome')).toContain('signed in, told nothing');
    await pause(500);
    expect(visits.server.requests.length).toBe(requests);
    await day.goTo('#/profile');
    await day.sees('Profile');
    expect(await day.text('#profile')).toBe('Ada of ada@example.com, linked: none');
    expect(visits.server.requests.slice(requests)).toEqual(['GET /auth/me 200']);
  }, 60_000);

  it('refreshes the session that aurelia-authentication stored once, if its token has expired', async () => {
    await (await signedUp({ library: predecessor, accessTokenSeconds: 3 })).tab.close();
    await expired();
    const requests = visits.server.requests.length;
    await visits.deploy(ours);
    const day = await visits.another('/#/profile');
    expect(await day.sees('Profile')).toContain('signed in');
    expect(visits.server.requests.slice(requests)).toEqual(['POST /auth/token 200', 'GET /auth/me 200']);
  }, 60_000);

  it('[C-05] logs once, with the host, that no token is sent over plain http:', async () => {
    await visits.begin();
    const day = await visits.anotherOfIntranet('/#/signup');
    await day.signUp();
    await day.tab.getByText('signed in').waitFor();
    await day.goTo('#/orders');
    await eventually(
      () => visits.server.to('/api/orders'),
      requests => requests.length === 2,
    );
    expect(visits.server.to('/a')).toContain('GET /auth/me 401');
    const { origin } = new URL(day.tab.url());
    expect(day.complaints.filter(text => text.includes('No token'))).toEqual([
      jasmine.stringContaining(`No token is sent to ${origin}: tokens are sent over https: only`),
    ]);
  }, 60_000);

  for (const library of [predecessor, ours] as const) {
    it(`finds the bare token that its versions before 3 stored, with ${library}`, async () => {
      const day = await signedUp({ library: predecessor });
      await day.tab.evaluate(() => {
        const { access_token: token } = JSON.parse(localStorage.getItem('aurelia_authentication') ?? '');
        localStorage.clear();
        localStorage.setItem('aurelia_token', token);
      });
      const requests = visits.server.requests.length;
      await visits.deploy(library);
      await day.tab.reload();
      expect(await day.sees('Profile')).toContain('signed in, told nothing');
      expect(visits.server.requests.slice(requests)).toEqual(['GET /auth/me 200']);
      expect(await day.tab.evaluate(() => localStorage.getItem('aurelia_token'))).toBeNull();
    }, 60_000);
  }
});

describe('an application that goes back to aurelia-authentication 3.8.3', () => {
  const visits = new VisitsForSpecs(predecessor, ours);

  async function reloaded(day: Visit, library: LibraryName, heading: string): Promise<string> {
    await visits.deploy(library);
    await day.tab.reload();
    return day.sees(heading);
  }

  it('finds its users signed in or out as before, also after another migration', async () => {
    const day = await visits.begin({ at: '/#/signup' });
    await day.signUp();
    await day.sees('Profile');
    expect(await reloaded(day, predecessor, 'Profile')).toContain('signed in');
    expect(await reloaded(day, ours, 'Profile')).toContain('signed in');
    await day.click('logout');
    await day.sees('Goodbye');
    expect(await reloaded(day, predecessor, 'Goodbye')).toContain('signed out');
    await day.goTo('#/login');
    await day.logIn();
    await day.sees('Orders');
    expect(await reloaded(day, ours, 'Orders')).toContain('signed in');
    await pause(1000);
    await day.goTo('#/profile');
    expect(await day.sees('Profile')).toContain('signed in');
    expect(day.complaints).toEqual([]);
  }, 60_000);

  it('does not restore the previous user after another migration', async () => {
    const day = await visits.begin({ at: '/#/signup' });
    await day.signUp();
    await day.sees('Profile');
    await reloaded(day, predecessor, 'Profile');
    await day.click('logout');
    await day.sees('Goodbye');
    await day.goTo('#/login');
    await day.atThirdParty('guild');
    await day.sees('Orders');
    await reloaded(day, ours, 'Orders');
    await pause(1000);
    await day.goTo('#/profile');
    await day.sees('Profile');
    expect(await day.text('#profile')).toContain('Grace of the Guild');
    expect(day.complaints).toEqual([]);
  }, 60_000);
});

/** A visit with signup, login and logout. */
async function firstDay(day: Visit): Promise<readonly string[]> {
  const { tab } = day;
  const seen = [await day.sees('Login')];
  await day.goTo('#/signup');
  seen.push(await day.sees('Signup'));
  await day.signUp();
  seen.push(await day.sees('Profile'), await day.text('#profile'), await day.text('#session'));
  await day.fill({ 'display-name': 'Ada Lovelace' });
  await day.click('rename');
  await tab.getByText('Ada Lovelace of').waitFor();

  await day.goTo('#/orders');
  seen.push(await day.sees('Orders'), await day.text('#greeting'));
  await day.click('order');
  await tab.getByText('1 by the endpoint').waitFor();
  seen.push(await day.text('#orders'), await day.text('#counts'));
  await day.goTo('#/login');
  seen.push(await day.sees('Orders'));
  await tab.reload();
  seen.push(await day.sees('Orders'));

  await day.click('logout');
  seen.push(await day.sees('Goodbye'));
  await day.goTo('#/profile');
  seen.push(await day.sees('Login'));
  await day.logIn('wrong');
  await tab.getByText('No such user.').waitFor();
  seen.push(await day.sees('Login'));
  await day.logIn();
  seen.push(await day.sees('Orders'), await day.text('#counts'));
  await day.click('leave');
  seen.push(await day.sees('Welcome'));
  await tab.reload();
  seen.push(await day.sees('Welcome'));
  return seen;
}

/** A visit with sign-in at third parties and account linking. */
async function secondDay(day: Visit): Promise<readonly string[]> {
  const { tab } = day;
  await day.atThirdParty('facebook', 'cancel');
  await tab.getByText('facebook did not sign you in.').waitFor();
  const seen = [await day.sees('Login')];
  await day.atThirdParty('facebook');
  seen.push(await day.sees('Orders'));
  await day.goTo('#/profile');
  seen.push(await day.sees('Profile'), await day.text('#profile'));
  await day.click('logout');
  seen.push(await day.sees('Goodbye'));
  await day.goTo('#/login');
  await day.atThirdParty('guild');
  seen.push(await day.sees('Orders'));
  await day.click('logout');
  seen.push(await day.sees('Goodbye'));

  await day.goTo('#/signup');
  await day.signUp();
  seen.push(await day.sees('Profile'), await day.text('#profile'));
  await day.atThirdParty('link');
  await tab.getByText('linked: guild').waitFor();
  seen.push(await day.sees('Profile'), await day.text('#profile'));
  await day.click('unlink');
  await tab.getByText('linked: none').waitFor();
  seen.push(await day.sees('Profile'), await day.text('#profile'));
  return seen;
}
