import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/tabs.js';
import { type Profile, type RefreshExchange, untilExpired } from './profile.js';
import type { RunningServer } from './server-kind.js';

export interface Stage {
  readonly server: RunningServer;
  readonly profile: Profile;
  readonly accessTokenSeconds: number;
}

/** One line of the table. */
export interface Row {
  readonly title: string;
  /** What a right server and client do. */
  readonly right: string;
  /**
   * Tries it.
   * @returns a remark for the table, or an empty string
   * @throws {Error} what went wrong
   */
  run(stage: Stage): Promise<string>;
}

/** As many expiries as a night of ten hours has with access tokens of half an hour. */
const nightLifetimes = 20;
const outageSeconds = 20;
const deadWithinSeconds = 120;

export const rows: readonly Row[] = [
  {
    title: 'Login',
    right: 'the session has an access token and a refresh token',
    async run({ profile }) {
      const { accessToken, refreshToken } = await profile.secrets(await profile.signIn());
      check(accessToken !== undefined, 'there is no access token');
      check(refreshToken !== undefined, 'there is no refresh token');
      return '';
    },
  },
  {
    title: 'Call',
    right: 'a request for a protected resource gets 200',
    async run({ profile }) {
      same(await profile.call(await profile.signIn()), '200', 'the request');
      return '';
    },
  },
  {
    title: 'Refresh',
    right:
      'requests at any time in four lifetimes of the access token get 200; no token is used for longer than its lifetime',
    async run({ profile, accessTokenSeconds }) {
      const page = await profile.signIn();
      const outcomes = await profile.callFor(page, accessTokenSeconds * 4000);
      onlySuccess(outcomes);
      const longestMs = Math.max(...profile.used.values());
      check(longestMs <= accessTokenSeconds * 1000, `a token was used for ${longestMs} ms`);
      check(profile.refreshed >= 3, `there were only ${profile.refreshed} refreshes`);
      const rejected = profile.calls.filter(status => status === 401).length;
      return rejected === 0 ? '' : `${rejected} of ${profile.calls.length} requests were replayed after a 401`;
    },
  },
  {
    title: 'Rotation',
    right: 'the next refresh uses the new refresh token; the server rejects the old one',
    async run({ profile, server }) {
      const page = await profile.signIn();
      const { refreshToken: first = '' } = await profile.secrets(page);
      same(await page.evaluate(() => suite.refresh()), 'refreshed', 'the first refresh');
      const { refreshToken: second } = await profile.secrets(page);
      check(second !== first, 'the refresh token stayed the same');
      same(await profile.call(page), '200', 'the request with the first new token');
      await pause(1100);
      same(await page.evaluate(() => suite.refresh()), 'refreshed', 'the second refresh');
      same(await profile.call(page), '200', 'the request with the second new token');
      const { status } = await fetch(server.refreshUrl, server.refreshRequest(first));
      check(status >= 400, `the server accepted the old refresh token with ${status}`);
      return '';
    },
  },
  {
    title: 'Reload after expiry',
    right: 'the page opens signed in, after one refresh',
    async run({ profile }) {
      await closedUntilExpired(profile);
      const page = await profile.open();
      same((await profile.standing(page)).status, 'logged-in', 'the session');
      same(await profile.call(page), '200', 'the request');
      same(profile.refreshed, 1, 'the number of refreshes');
      return remarkOnBearer(profile);
    },
  },
  {
    title: 'Two tabs at one expiry',
    right: 'both stay signed in; each expiry costs one refresh',
    async run({ profile, accessTokenSeconds }) {
      await closedUntilExpired(profile);
      const [one, other] = await Promise.all([profile.open(), profile.open()]);
      same(profile.refreshed, 1, 'the number of refreshes at the start of both');
      const outcomes = await Promise.all([one, other].map(page => profile.callFor(page, accessTokenSeconds * 2000)));
      onlySuccess(outcomes.flat());
      const rejected = profile.failed.filter(({ carriedBearer }) => !carriedBearer);
      same(rejected.length, 0, 'the number of rejected refreshes');
      const [newest, shared] = [await profile.secrets(one), await profile.secrets(other)];
      same(newest.refreshToken, shared.refreshToken, 'the refresh token of the second tab');
      return '';
    },
  },
  {
    title: `Ten tabs for ${nightLifetimes} lifetimes`,
    right: 'all stay signed in; each refresh token is presented once',
    async run({ profile, accessTokenSeconds }) {
      const pages = [await profile.signIn()];
      while (pages.length < 10) pages.push(await profile.open());
      const nightMs = accessTokenSeconds * nightLifetimes * 1000;
      const outcomes = await Promise.all(pages.map(page => profile.callFor(page, nightMs, 1000)));
      onlySuccess(outcomes.flat());
      const isWithoutBearer = (refresh: RefreshExchange) => !refresh.carriedBearer || !profile.failed.includes(refresh);
      const presented = profile.refreshes.filter(isWithoutBearer).map(({ body }) => body);
      same(new Set(presented).size, presented.length, 'the number of refresh tokens');
      check(presented.length >= nightLifetimes - 1, `there were only ${presented.length} refreshes`);
      return `${outcomes.flat().length} requests, ${presented.length} refreshes`;
    },
  },
  {
    title: 'Revoked refresh token',
    right: `the session ends within ${deadWithinSeconds / 60} minutes of use`,
    async run({ profile, server }) {
      const page = await profile.signIn();
      await server.revokeRefreshTokens();
      const start = Date.now();
      for (;;) {
        const { status, ended } = await profile.standing(page);
        const seconds = Math.round((Date.now() - start) / 1000);
        if (status === 'logged-out') return `after ${seconds} s, \`${ended}\``;
        check(seconds <= deadWithinSeconds, `the session is still ${status} after ${seconds} s`);
        await profile.call(page);
        await pause(1000);
      }
    },
  },
  {
    title: `Database down for ${outageSeconds} s`,
    right: 'the user stays signed in, and requests get 200 once the database is back',
    async run({ profile, server }) {
      const page = await profile.signIn();
      const mend = await server.breakDatabase();
      try {
        await profile.callFor(page, outageSeconds * 1000, 1000);
      } finally {
        await mend();
      }
      same((await profile.standing(page)).ended, undefined, 'the end of the session');
      const start = Date.now();
      while ((await profile.call(page)) !== '200') {
        same((await profile.standing(page)).ended, undefined, 'the end of the session after the outage');
        check(Date.now() - start < 60_000, 'requests still fail a minute after the outage');
        await pause(500);
      }
      const seen = new Set(profile.failed.map(({ status }) => status));
      check(seen.size > 0, 'no refresh was tried during the outage');
      return `refreshes got ${[...seen].sort().join(', ').replace('no response', 'no response in time')}`;
    },
  },
  {
    title: 'Logout',
    right: 'the other tab is signed out, too; the server rejects the refresh token',
    async run({ profile, server }) {
      const page = await profile.signIn();
      const other = await profile.open();
      const { refreshToken = '' } = await profile.secrets(page);
      await profile.signOut(page);
      await profile.until(other, ({ status }) => status === 'logged-out', 10_000);
      await eventually(
        () => profile.logouts.length,
        count => count > 0,
        10_000,
      ).catch(() => check(false, 'the client did not send the refresh token to the server'));
      const { status } = await fetch(server.refreshUrl, server.refreshRequest(refreshToken));
      check(status >= 400, `the server accepted the refresh token with ${status}; the logout got ${profile.logouts}`);
      return '';
    },
  },
  {
    title: 'Logout at the provider',
    right: 'the next sign-in asks for the password',
    async run({ profile, server }) {
      if (server.signIn === undefined) return 'the server has no session of its own';
      const page = await profile.signIn();
      await profile.signOut(page);
      check(!(await profile.isSignedInAtProvider(page)), 'the provider signed the user in without a password');
      return '';
    },
  },
];

async function closedUntilExpired(profile: Profile): Promise<void> {
  const page = await profile.signIn();
  const secrets = await profile.secrets(page);
  await page.close();
  await untilExpired(secrets);
}

function remarkOnBearer({ failed: [rejected] }: Profile): string {
  return rejected?.carriedBearer
    ? `the server rejects a refresh request that carries the expired access token (${rejected.status}); the second request goes without`
    : '';
}

function onlySuccess(outcomes: readonly string[]): void {
  const failed = outcomes.filter(outcome => outcome !== '200');
  check(
    failed.length === 0,
    `${failed.length} of ${outcomes.length} requests failed: ${[...new Set(failed)].join(', ')}`,
  );
}

function same<T>(seen: T, expected: T, what: string): void {
  check(seen === expected, `${what} is ${seen}, not ${expected}`);
}

function check(isRight: boolean, wrong: string): asserts isRight {
  if (!isRight) throw new Error(wrong);
}
