import type { Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import type { Tab } from '../profile.js';
import { goesOn, type Stage, whileNothingHappens } from '../stage.js';

/** Number of hours that makes a failure with a probability of one in four visible. */
const hours = 20;

/** Two tabs. The first one refreshes and receives its response only when it is released. */
async function refreshUnderWay(stage: Stage) {
  const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
  stage.sleep();
  const release = stage.holdRefreshes();
  void stage.send(one);
  await stage.refreshesCome(1);
  return { one, two, release };
}

/** Eight tabs wake and send in the same millisecond, hour after hour. Returns the first deviation. */
async function wakeEachHour(stage: Stage, wrongAfter: (hour: number) => string | undefined = () => undefined) {
  const tabs = await stage.signedInTabs(8);
  for (let hour = 1; hour <= hours; hour++) {
    stage.sleep();
    const wrong = failuresAmong(await stage.sendFromAll(tabs)) ?? wrongAfter(hour);
    if (wrong) return `after hour ${hour}, ${wrong}`;
  }
  return undefined;
}

export const tabs: Theme = {
  title: 'Tabs',
  behaviours: [
    {
      title: 'Eight tabs wake and send a request in the same millisecond, each hour for 20 hours',
      right: 'one refresh an hour; all succeed',
      seconds: 25,
      tabs: 8,
      server: { graceSeconds: 30 },
      try: stage =>
        wakeEachHour(stage, hour => (stage.refreshes === hour ? undefined : `${stage.refreshes - hour + 1} refreshes`)),
    },
    {
      title: 'The same, at a server that ends the session when a refresh token is used twice',
      right: 'all succeed, each time',
      seconds: 25,
      tabs: 8,
      try: async stage => {
        const wrong = await wakeEachHour(stage);
        return wrong ?? (stage.server.tokens.reuseAlarms > 0 ? 'a refresh token was used twice' : undefined);
      },
    },
    {
      title: 'A tab that did nothing while another one refreshed twice',
      right: 'its next request succeeds, without a refresh of its own',
      try: async stage => {
        const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
        for (let hour = 1; hour <= 2; hour++) {
          stage.sleep();
          const failed = failuresAmong([await stage.send(one)]);
          if (failed) return `in the first tab: ${failed}`;
        }
        const before = stage.refreshes;
        const failed = failuresAmong([await stage.send(two)]);
        return failed ?? (stage.refreshes === before ? undefined : 'refreshed once more');
      },
    },
    {
      title: 'A tab is closed while its refresh is under way, and another one waits for a token',
      right: 'the request of the other tab succeeds',
      server: { graceSeconds: 30 },
      seconds: 10,
      try: async stage => {
        const { one, two, release } = await refreshUnderWay(stage);
        const waiting = stage.send(two);
        await stage.closeTab(one);
        release();
        return failuresAmong([await waiting]);
      },
    },
    {
      title: 'A tab is frozen while its refresh is under way, and another one needs a token',
      right: 'a request of the other tab succeeds: the waiting one or the next one',
      server: { graceSeconds: 60 },
      seconds: 40,
      try: async stage => {
        const { one, two, release } = await refreshUnderWay(stage);
        const thaw = await stage.profile.freeze(one);
        release();
        const first = await stage.send(two);
        const outcome = first === 200 ? undefined : await goesOn(stage, two);
        await thaw();
        return outcome;
      },
    },
    {
      title: 'A tab never releases its locks, and another one needs a token',
      right: 'a request of the other tab succeeds: the waiting one or the next one',
      server: { graceSeconds: 60 },
      seconds: 40,
      try: async stage => {
        const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
        await one.evaluate(() => peer.keepLocks());
        void stage.refresh(one).catch(() => undefined);
        await stage.refreshesCome(1);
        await whileNothingHappens(1000);
        stage.sleep();
        return (await stage.send(two)) === 200 ? undefined : goesOn(stage, two);
      },
    },
    {
      title: 'WebKit: its network process dies, as iOS ends it in the background, and an hour passes',
      right: 'both tabs send at once, and again an hour later: all succeed, and no refresh token is used twice',
      engine: 'webkit',
      seconds: 10,
      try: async stage => {
        const tabs = await stage.signedInTabs(2);
        await whileNothingHappens(3000);
        await stage.profile.killNetworkProcess?.();
        for (let hour = 1; hour <= 2; hour++) {
          stage.sleep();
          const wrong = failuresAmong(await stage.sendFromAll(tabs));
          if (wrong) return `after hour ${hour}, ${wrong}`;
        }
        return stage.server.tokens.reuseAlarms > 0 ? 'a refresh token was used twice' : undefined;
      },
    },
  ],
};
