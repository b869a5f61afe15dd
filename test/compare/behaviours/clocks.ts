import type { Behaviour, Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import { whileNothingHappens } from '../stage.js';

const hours = 3_600_000;

/** The machine's clock is wrong from the start. */
function wrongClock(title: string, aheadMs: number): Behaviour {
  return {
    title,
    right: 'five requests succeed, with no more than one refresh; after an hour no expired token is sent',
    try: async stage => {
      const tab = await stage.openTab();
      await tab.evaluate(ms => peer.sleep(ms), aheadMs);
      await stage.logIn(tab);
      const responses = await stage.sendInTurn(tab, 5);
      const failed = failuresAmong(responses);
      if (failed) return failed;
      if (stage.refreshes > 1) return `${stage.refreshes} refreshes for five requests`;
      stage.sleep();
      const later = failuresAmong([await stage.send(tab)]);
      return stage.expired > 0 ? 'after an hour, the expired token was sent' : later;
    },
  };
}

export const clocks: Theme = {
  title: 'Clocks',
  behaviours: [
    wrongClock('The machine’s clock is two hours ahead', 2 * hours),
    wrongClock('The machine’s clock is two hours behind', -2 * hours),
    {
      title: 'The machine’s clock is set two hours ahead while the page is open',
      right: 'five requests succeed, with no more than one refresh',
      try: async stage => {
        const tab = await stage.signedIn();
        await tab.evaluate(ms => peer.sleep(ms), 2 * hours);
        const responses = await stage.sendInTurn(tab, 5);
        return failuresAmong(responses) ?? (stage.refreshes > 1 ? `${stage.refreshes} refreshes` : undefined);
      },
    },
    {
      title: 'An access token of 60 days, longer than any timer',
      right: 'is neither refreshed at once nor discarded',
      server: { accessTokenLifetimeSeconds: 60 * 24 * 3600 },
      try: async stage => {
        const tab = await stage.signedIn();
        await whileNothingHappens(2000);
        const failed = failuresAmong([await stage.send(tab)]);
        return failed ?? (stage.refreshes > 0 ? `${stage.refreshes} refreshes within two seconds` : undefined);
      },
    },
  ],
};
