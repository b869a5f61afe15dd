import { accessToken, ended, type House, house, type Opened } from './support.js';

export interface TwoTabs extends House, Opened {
  readonly other: Opened;
  /** Runs an action between the response to a refresh of the first tab and its commit. */
  beforeCommit(act: () => void): void;
}

/** Actions during a refresh. */
export const meanwhile: Record<string, (tabs: TwoTabs) => void> = {
  logout: ({ session }) => session.logOut(),
  'login as B': ({ session, server }) => {
    session.logIn(server.logIn('bob'));
  },
  'another tab rotates': ({ other }) => {
    other.session.updateToken().catch(() => undefined);
  },
  'storage is cleared': ({ browser }) => {
    void browser.clearSiteData();
  },
};

/** Expected final state of all tabs. */
export function expectEnd(what: string, { session, other, tab, server }: TwoTabs): void {
  expect(server.reuseAlarms).toBe(0);
  expect(accessToken(other.session)).toBe(accessToken(session));
  if (what === 'logout') {
    expect([ended(session), ended(other.session)]).toEqual(['requested', 'other_tab']);
    expect(tab.stored).toBeUndefined();
  } else if (what === 'login as B') {
    expect(session.freshToken()?.claims?.['sub']).toBe('bob');
    expect(other.session.freshToken()?.claims?.['sub']).toBe('bob');
  } else if (what === 'another tab rotates') {
    expect(session.freshToken()?.claims?.['sub']).toBe('ann');
    expect(session.freshToken()?.refreshToken).toBe(`rt-0-${server.rotations}`);
  } else {
    expect([ended(session), ended(other.session)]).toEqual(['storage_cleared', 'storage_cleared']);
    expect(tab.stored).toBeUndefined();
  }
}

export async function twoTabs(): Promise<TwoTabs> {
  const all = house();
  let act: (() => void) | undefined;
  const opened = all.open({}, ({ ports: { atomicStore } }) => ({
    atomicStore: {
      update: async change => {
        const due = all.server.rotations > 0 ? act : undefined;
        if (due) act = undefined;
        due?.();
        await atomicStore.update(change);
      },
    },
  }));
  const other = all.open();
  opened.session.logIn(all.server.logIn('ann'));
  await all.clock.advance(100);
  return {
    ...all,
    ...opened,
    other,
    beforeCommit: then => {
      act = then;
    },
  };
}

/** The record in the value of the atomic store. */
export function recordIn(value: unknown): Record<string, unknown> {
  return (value as { record: Record<string, unknown> }).record;
}
