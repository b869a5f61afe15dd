import type { Browser } from 'playwright-core';
import { buildDemo, type DemoFramework } from '../../../doc/demo/build-demo.js';
import { type Journey, type JourneyOptions, startBrowser, startJourney } from './journey.js';

const frameworks = ['aurelia', 'aurelia2'] as const;

/** Lifetime of access tokens in a journey that names no other, in seconds. */
export const lifetime = 3;

/** One run of a journey, in one of the demos. */
export interface Run {
  /** Serves the demo and opens it. */
  begin(options?: Partial<JourneyOptions>): Promise<Journey>;
  /** Names the demo when it fails. */
  readonly expect: <T>(actual: T) => jasmine.Matchers<T>;
}

/** Builds the demos of Aurelia 1 and 2 for a suite. Returns a function that runs a journey in both at the same time: it mostly waits. */
export function bothDemos(): (title: string, walk: (run: Run) => Promise<void>) => void {
  let browser: Browser;
  const appFolders = new Map<DemoFramework, string>();
  const journeys: Journey[] = [];

  beforeAll(async () => {
    for (const framework of frameworks) appFolders.set(framework, await buildDemo(framework));
    browser = await startBrowser();
  }, 120_000);

  afterAll(() => browser?.close());

  afterEach(() => Promise.all(journeys.splice(0).map(journey => journey.close())));

  function runIn(framework: DemoFramework): Run {
    return {
      async begin(options) {
        const journey = await startJourney(browser, {
          appFolder: appFolders.get(framework) ?? '',
          accessTokenLifetimeSeconds: lifetime,
          refreshDelayMs: 50,
          ...options,
        });
        journeys.push(journey);
        return journey;
      },
      expect: actual => expect(actual).withContext(framework),
    };
  }

  return (title, walk) =>
    it(title, async () => void (await Promise.all(frameworks.map(framework => walk(runIn(framework))))), 60_000);
}
