import { type PublicSessionChange, publicChange, publicState } from 'aurelia-auth-refresh/core';
import { house } from './support.js';

describe('publicChange()', () => {
  it('reports login, refresh, postponement and logout without tokens', async () => {
    const { open, server, clock } = house();
    const { session } = open();
    const changes: PublicSessionChange[] = [];
    session.subscribe(change => changes.push(publicChange(change)));
    const tokens = session.logIn(server.logIn());
    await session.updateToken();
    server.fail({ status: 503 });
    await session.updateToken().catch(() => undefined);
    await clock.advance(10);
    session.logOut();
    expect(changes.map(({ event }) => event.type)).toEqual([
      'logged-in',
      'refresh-started',
      'refreshed',
      'refresh-started',
      'refresh-postponed',
      'logged-out',
    ]);
    expect(changes.map(({ state }) => state.status)).toEqual([
      'logged-in',
      'refreshing',
      'logged-in',
      'refreshing',
      'logged-in',
      'logged-out',
    ]);
    expect(changes[2]?.state.generation).toBe(1);
    expect(changes[4]?.event.error?.code).toBe('refresh_postponed');
    expect(changes[4]?.state.degraded?.attempts).toBe(1);
    expect(changes.at(-1)).toEqual(
      jasmine.objectContaining({ event: { type: 'logged-out', reason: 'requested' } }) as never,
    );
    const text = JSON.stringify(changes);
    expect(text).not.toContain(tokens.accessToken);
    expect(text).not.toContain(String(tokens.refreshToken));
  });

  it('reports the end reason of another tab', async () => {
    const { open, server, clock } = house();
    const [one, other] = [open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    const events: unknown[] = [];
    other.session.subscribe(change => events.push(publicChange(change).event));
    one.session.logOut();
    await clock.advance(100);
    expect(publicState(one.session.state)).toEqual(jasmine.objectContaining({ ended: 'requested' }));
    expect(events).toEqual([{ type: 'adopted', reason: 'requested' }]);
  });
});
