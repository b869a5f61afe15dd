import { Profile } from './profile.js';
import { testApp } from './test-app.js';

describe('the profile', () => {
  function signedIn() {
    const app = testApp();
    app.auth.session.logIn(app.server.logIn('ann'));
    return { ...app, profile: app.container.get(Profile) };
  }

  it('shows the user who signed in', async () => {
    const { auth, container } = testApp();
    await auth.login({ email: 'ann@example.com', password: 'secret' });
    const profile = container.get(Profile);
    await profile.loading();
    expect(profile.name).toBe('ann@example.com');
  });

  it('shows the user after a night', async () => {
    const { clock, profile, server, tab } = signedIn();
    await clock.sleep(8 * 3_600_000);
    tab.wake();
    await profile.loading();
    expect(profile.name).toBe('ann');
    expect(server.refreshes.length).toBe(1);
  });

  it('keeps the user signed in during an outage', async () => {
    const { auth, clock, profile, server, tab } = signedIn();
    server.goOffline();
    await clock.sleep(600_000);
    const shown = profile.loading();
    await clock.advance(11_000);
    await shown;
    expect(profile.message).toBe('No connection. Trying again …');
    expect(auth.authenticated).toBe(true);

    server.goOnline();
    tab.wake();
    await profile.loading();
    expect(profile.name).toBe('ann');
  });

  it('requests a sign-in after a revocation', async () => {
    const { auth, profile, server } = signedIn();
    server.revoke();
    await profile.loading();
    expect(profile.message).toBe('Please sign in again.');
    expect(auth.authenticated).toBe(false);
  });
});
