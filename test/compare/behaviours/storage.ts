import type { Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import type { Tab } from '../profile.js';
import type { Stage } from '../stage.js';

async function signInWorks(stage: Stage, tab: Tab): Promise<string | undefined> {
  try {
    await stage.logIn(tab);
  } catch {
    return 'sign-in fails';
  }
  return failuresAmong([await stage.send(tab)]);
}

async function opens(stage: Stage, script: string): Promise<string | undefined> {
  stage.addScript(script);
  try {
    const tab = await stage.openTab();
    return await signInWorks(stage, tab);
  } catch {
    return 'the application does not start';
  }
}

export const storage: Theme = {
  title: 'Storage',
  behaviours: [
    {
      title: 'What was stored is no longer readable when the page is opened',
      right: 'the application starts, and signing in works',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.send(tab);
        await tab.evaluate(() => peer.corruptStorage());
        try {
          await stage.reload(tab);
        } catch {
          return 'the application does not start';
        }
        return signInWorks(stage, tab);
      },
    },
    {
      title: 'All storage is cleared while the page is open, and an hour passes',
      right: 'no request hangs, and signing in works',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.send(tab);
        await tab.evaluate(() => peer.clearStorage());
        stage.sleep();
        const response = await stage.send(tab);
        return response === 'no response' ? response : signInWorks(stage, tab);
      },
    },
    {
      title: 'localStorage is full: every write throws',
      right: 'signing in works in this page',
      try: stage =>
        opens(
          stage,
          `const { setItem } = Storage.prototype;
          Storage.prototype.setItem = function (...item) {
            if (this === localStorage) throw new DOMException('full', 'QuotaExceededError');
            setItem.apply(this, item);
          };`,
        ),
    },
    {
      title: 'The browser refuses localStorage: every look at it throws',
      right: 'the application starts, and signing in works in this page',
      try: stage =>
        opens(
          stage,
          `Object.defineProperty(globalThis, 'localStorage', {
            get() { throw new DOMException('refused', 'SecurityError'); },
          });`,
        ),
    },
  ],
};
