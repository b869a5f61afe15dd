import { IdleTimeout, type IdleTimeoutOptions, type Session } from '../../src/core.js';
import { TestBrowser } from '../../src/testing.js';
import { house } from './support.js';

function idle(options: Partial<IdleTimeoutOptions> = {}) {
  const all = house({ accessTokenLifetimeSeconds: 3600 });
  const marks = new TestBrowser({ clock: all.clock, fetch: all.server.fetch });
  return {
    ...all,
    watch(session: Session) {
      let act = (): void => undefined;
      const countdown: (number | undefined)[] = [];
      const timeout = new IdleTimeout(
        session,
        { timeoutSeconds: 300, countdownSeconds: 3, onCountdown: left => countdown.push(left), ...options },
        {
          after: all.clock.after,
          wall: all.clock.wall,
          lastActive: marks.openTab().store,
          onActivity: active => {
            act = active;
            return () => undefined;
          },
        },
      );
      return { timeout, countdown, act: () => act() };
    },
  };
}

describe('an idle timeout', () => {
  it('restarts for a user who signed in in another tab, and does nothing while signed out', async () => {
    const { open, server, clock, watch } = idle();
    const [one, other] = [open(), open()];
    const { act, timeout } = watch(other.session);
    act();
    await clock.advance(400_000);
    one.session.logIn(server.logIn());
    await clock.advance(299_000);
    expect(other.session.state.status).toBe('logged-in');
    await other.session.updateToken();
    await clock.advance(1100);
    expect(other.session.state.status).toBe('logged-out');
    timeout.dispose();
    one.session.dispose();
    other.session.dispose();
  });

  it('spares a user who has just signed in in another tab, although the activity arrives after the session', async () => {
    const { open, server, clock, watch } = idle();
    const [one, other] = [open(), open()];
    const [first, second] = [watch(one.session), watch(other.session)];
    one.session.logIn(server.logIn());
    await clock.advance(400_000);
    expect(other.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'idle' }));
    one.session.logIn(server.logIn());
    await clock.advance(100);
    expect(one.session.state.status).toBe('logged-in');
    expect(other.session.state.status).toBe('logged-in');
    first.timeout.dispose();
    second.timeout.dispose();
  });

  it('ends a session that it finds too late, regardless of later activity', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { act } = watch(session);
    session.logIn(server.logIn());
    await clock.sleep(300_000);
    act();
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'idle' }));
  });

  it('counts down for a minute, and stays in its own tab, by default', async () => {
    const { open, server, clock } = house({ accessTokenLifetimeSeconds: 3600 });
    const { session } = open();
    session.logIn(server.logIn());
    const { store } = new TestBrowser({ clock, fetch: server.fetch }).openTab();
    const { read, write, remove } = store;
    const ports = {
      after: clock.after,
      wall: clock.wall,
      lastActive: { read, write, remove },
      onActivity: () => () => undefined,
    };
    const timeout = new IdleTimeout(session, { timeoutSeconds: 100 }, ports);
    await clock.advance(99_999);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state.status).toBe('logged-out');
    timeout.dispose();
  });

  it('ends the session of an inactive user, after a countdown', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { countdown } = watch(session);
    session.logIn(server.logIn());
    await clock.advance(299_999);
    expect(countdown).toEqual([3, 2, 1]);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'idle' }));
    expect(countdown).toEqual([3, 2, 1, undefined]);
  });

  it('restarts when the user is active again', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { countdown, act } = watch(session);
    session.logIn(server.logIn());
    await clock.advance(298_500);
    act();
    expect(countdown).toEqual([3, 2, undefined]);
    await clock.advance(299_999);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state.status).toBe('logged-out');
  });

  it('restarts when the user is active in the last millisecond', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { act } = watch(session);
    session.logIn(server.logIn());
    await clock.advance(299_999);
    act();
    await clock.advance(1);
    expect(session.state.status).toBe('logged-in');
  });

  it('continues on a page that is opened in the last millisecond', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    session.logIn(server.logIn());
    watch(session).timeout.dispose();
    await clock.advance(299_999);
    watch(session);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state.status).toBe('logged-out');
  });

  it('ends the countdown when the user signs out', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { countdown } = watch(session);
    session.logIn(server.logIn());
    await clock.advance(298_500);
    session.logOut();
    expect(countdown).toEqual([3, 2, undefined]);
  });

  it('counts activity in another tab', async () => {
    const { open, server, clock, watch } = idle();
    const [one, other] = [open(), open()];
    const [first, second] = [watch(one.session), watch(other.session)];
    one.session.logIn(server.logIn());
    for (let minute = 0; minute < 20; minute++) {
      await clock.advance(60_000);
      second.act();
    }
    expect(one.session.state.status).toBe('logged-in');
    expect(first.countdown).toEqual([]);
    await clock.advance(300_010);
    expect(one.session.state.status).toBe('logged-out');
    expect(other.session.state.status).toBe('logged-out');
  });

  it('ends a session that is found after the timeout', async () => {
    const { open, server, clock, watch } = idle();
    const first = open();
    const { timeout } = watch(first.session);
    first.session.logIn(server.logIn());
    await clock.advance(10);
    timeout.dispose();
    first.session.dispose();
    await clock.advance(400_000);
    const { session } = open();
    expect(session.state.status).toBe('logged-in');
    watch(session);
    expect(session.state).toEqual(jasmine.objectContaining({ ended: 'idle' }));
  });

  it('ends the session of a user who returns too late', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { act } = watch(session);
    session.logIn(server.logIn());
    await clock.sleep(400_000);
    act();
    expect(session.state.status).toBe('logged-out');
  });

  it('leaves no listeners or timers after dispose()', async () => {
    const { open, server, clock, watch } = idle();
    const { session } = open();
    const { timeout } = watch(session);
    session.logIn(server.logIn());
    timeout.dispose();
    session.dispose();
    await clock.advance(10);
    expect(clock.armed).toBe(0);
  });
});
