import { eventually, pause } from '../support/open-tab.js';
import { SteeredWebKit } from '../support/steered-webkit.js';
import type { Steering } from '../support/steering.js';
import { canRunWebKit, webkitVersion } from '../support/webkit.mjs';
import { freezeByLoop, type Profile, type ProfileBrowser, type ProfileOptions, type Tab } from './profile.js';

/** Time after which a page that went away while it worked has no result. */
const evaluationMs = 1000;

/** Opens a MiniBrowser for each profile. */
export async function webkitProfiles(): Promise<ProfileBrowser> {
  if (!canRunWebKit()) throw new Error('WebKit was not found.');
  return {
    title: await webkitVersion(),
    atOnce: 2,
    newProfile: options => WebKitProfile.open(options),
    close: async () => undefined,
  };
}

/** Tabs cannot be opened later: they are opened at the start, with a page that has no client. */
class WebKitProfile implements Profile {
  readonly freeze = freezeByLoop;
  private readonly spare: Steering[];

  private constructor(
    private readonly browser: SteeredWebKit,
    private readonly spareUrl: string,
  ) {
    this.spare = [...browser.tabs];
  }

  static async open({ server, tabs }: ProfileOptions): Promise<WebKitProfile> {
    const spareUrl = server.page({ another: 'page' });
    return new WebKitProfile(await SteeredWebKit.open(tabs, spareUrl), spareUrl);
  }

  async newTab(): Promise<Tab> {
    const steering = this.spare.shift();
    if (!steering) throw new Error('The behaviour opens more tabs than it names.');
    const close = async () => {
      await navigate(steering, this.spareUrl);
      this.spare.push(steering);
    };
    return new WebKitTab(steering, close);
  }

  killNetworkProcess(): Promise<void> {
    return this.browser.killNetworkProcess();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

class WebKitTab implements Tab {
  private url = '';

  constructor(
    private readonly steering: Steering,
    readonly close: () => Promise<void>,
  ) {}

  evaluate<A, R>(code: (argument: A) => R, argument: A): Promise<Awaited<R>>;
  evaluate<R>(code: () => R): Promise<Awaited<R>>;
  evaluate(code: (argument: unknown) => unknown, argument?: unknown): Promise<unknown> {
    return this.steering.evaluate(code, argument);
  }

  async goto(url: string): Promise<void> {
    const keepsHistory = this.url !== '';
    this.url = url;
    await navigate(this.steering, url, keepsHistory);
  }

  reload(): Promise<void> {
    return navigate(this.steering, this.url);
  }
}

let navigations = 0;

/**
 * Loads a page, and waits until its script has run. A page that goes away may receive the command a second time, and so its
 * window is named after the navigation and the steering.
 */
async function navigate(steering: Steering, url: string, keepsHistory = false): Promise<void> {
  const navigation = `navigation ${++navigations} ${steering.hash}`;
  const target = url + steering.hash;
  const left = steering.evaluate(
    ([navigation, target, keepsHistory]) => {
      if (window.name === navigation) return;
      window.name = navigation;
      globalThis.isLeft = true;
      setTimeout(() => {
        if (location.href === target) location.reload();
        else if (keepsHistory) location.assign(target);
        else location.replace(target);
      }, 50);
    },
    [navigation, target, keepsHistory] as const,
  );
  left.catch(() => undefined);
  const isThere = () =>
    Promise.race([
      steering
        .evaluate(
          ([navigation]) => window.name === navigation && !globalThis.isLeft && document.readyState === 'complete',
          [navigation] as const,
        )
        .catch(() => false),
      pause(evaluationMs).then(() => false),
    ]);
  await eventually(isThere, there => there, 60_000);
}
