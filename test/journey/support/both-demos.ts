import type { Page } from 'playwright-core';
import { buildDemo, type DemoFramework } from '../../../doc/demo/build-demo.js';
import type { AppPage, JourneyBrowser, JourneyEngine } from './browsers/app-page.js';
import { chromiumEngine } from './browsers/chromium-engine.js';
import { type Journey, type JourneyOptions, lifetime, startJourney } from './journey.js';

const frameworks = ['aurelia', 'aurelia2'] as const;

/** One run of a journey, in one of the demos. */
export interface Run<P extends AppPage = AppPage> {
  /** Serves the demo and opens it. */
  begin(options?: Partial<JourneyOptions>): Promise<Journey<P>>;
  /** Names the demo when it fails. */
  readonly expect: <T>(actual: T) => jasmine.Matchers<T>;
}

export type BothDemos<P extends AppPage> = (title: string, walk: (run: Run<P>) => Promise<void>) => void;

/**
 * Builds the demos of Aurelia 1 and 2 for a suite, and starts a browser for each. Returns a function that runs a journey in both at
 * the same time: it mostly waits.
 *
 * @param shortJourney title of the journey that `npm test` runs in browsers other than Chromium; `npm run test:demos` runs all
 */
export function bothDemos(): BothDemos<Page>;
export function bothDemos(engine: JourneyEngine, shortJourney: string): BothDemos<AppPage>;
export function bothDemos(engine: JourneyEngine = chromiumEngine, shortJourney?: string): BothDemos<AppPage> {
  const { isInstalled, name } = engine;
  const runsAll = engine.name === chromiumEngine.name || process.env['EVERY_BROWSER'] !== undefined;
  const demos = new Map<DemoFramework, { readonly appFolder: string; readonly browser: JourneyBrowser }>();
  const journeys: Journey[] = [];

  beforeAll(async () => {
    if (!isInstalled) return;
    for (const framework of frameworks)
      demos.set(framework, { appFolder: await buildDemo(framework), browser: await engine.start() });
  }, 120_000);

  afterAll(() => Promise.all([...demos.values()].map(({ browser }) => browser.close())));

  afterEach(() => Promise.all(journeys.splice(0).map(journey => journey.close())));

  function runIn(framework: DemoFramework): Run {
    return {
      async begin(options) {
        const { appFolder, browser } = demos.get(framework) ?? {};
        if (!appFolder || !browser) throw new Error(`The demo in ${framework} was not built.`);
        const defaults = { appFolder, accessTokenLifetimeSeconds: lifetime, refreshDelayMs: 50 };
        const journey = await startJourney(browser, { ...defaults, ...options });
        journeys.push(journey);
        return journey;
      },
      expect: actual => expect(actual).withContext(framework),
    };
  }

  return (title, walk) => {
    if (!runsAll && title !== shortJourney) return;
    it(title, async () => {
      if (!isInstalled) pending(`${name} was not found`);
      await Promise.all(frameworks.map(framework => walk(runIn(framework))));
    }, 120_000);
  };
}
