import { chromium, chromiumFlags, firefox } from './test/support/browsers.mjs';
import { bundle, bundleSpecs } from './test/support/bundle-specs.mjs';
import { echo } from './test/support/echo.mjs';
import { canRunWebKit, webkitLauncher } from './test/support/webkit.mjs';
import { failureLine, writeCounts } from './test/support/write-counts.mjs';

/** Minimum coverage of these files, in each browser. A run of all specs fails below it. */
const requiredCoverage = {
  'src/session/**/*.ts': { lines: 100, branches: 99 },
  'src/http/**/*.ts': { lines: 100, branches: 99 },
};

export default async config => {
  await bundleSpecs({ watch: config.autoWatch && !config.singleRun });

  process.env.CHROME_BIN = chromium() ?? '';
  process.env.FIREFOX_BIN = firefox() ?? '';

  config.set({
    frameworks: ['jasmine'],
    files: [bundle],
    preprocessors: { [bundle]: ['sourcemap'] },
    client: {
      args: config.grep ? ['--grep', config.grep] : [],
      jasmine: { random: true, failSpecWithNoExpectations: true, forbidDuplicateNames: true, timeoutInterval: 30_000 },
    },

    beforeMiddleware: ['echo'],
    browsers: ['Chromium', ...(firefox() ? ['Firefox'] : []), ...(canRunWebKit() ? ['WebKit'] : [])],
    customLaunchers: {
      Chromium: {
        base: 'ChromeHeadless',
        flags: [...chromiumFlags, '--js-flags=--expose-gc'],
        displayName: 'Chromium',
      },
      Firefox: {
        base: 'FirefoxHeadless',
        // Lets specs collect garbage: what is allocated makes Firefox do so at some time only.
        prefs: { 'dom.testing.testutils.enabled': true },
        displayName: 'Firefox',
      },
    },

    // A machine with more to do than this must not look like a browser that has died.
    pingTimeout: 30_000,
    browserDisconnectTimeout: 30_000,
    browserNoActivityTimeout: 120_000,

    logLevel: config.LOG_WARN,
    colors: Boolean(process.stdout.isTTY),
    // A run of some specs says nothing about coverage.
    reporters: ['dots', 'counts', ...(config.grep ? [] : ['coverage'])],
    coverageReporter: {
      dir: 'coverage',
      subdir: browser => browser.split(' ')[0].toLowerCase(),
      reporters: [{ type: 'text', skipFull: true }, { type: 'html' }, { type: 'lcovonly' }],
      check: { each: { overrides: requiredCoverage } },
    },
    plugins: [
      'karma-jasmine',
      'karma-chrome-launcher',
      'karma-firefox-launcher',
      webkitLauncher,
      'karma-sourcemap-loader',
      'karma-coverage',
      echo,
      { 'reporter:counts': ['factory', counts] },
    ],
  });
};

function counts({ grep }) {
  const skipped = [];
  const failures = [];
  return {
    onSpecComplete(browser, { suite, description, log, skipped: wasSkipped, success }) {
      const name = `${browser.name}: ${[...suite, description].join(' ')}`;
      if (wasSkipped) skipped.push(name);
      else if (!success) failures.push(failureLine(name, log[0]));
    },
    onBrowserError(browser, error) {
      failures.push(failureLine(browser.name, String(error?.message ?? error)));
    },
    onRunComplete(browsers, run) {
      const results = browsers.map(browser => browser.lastResult);
      if (grep && results.every(({ success, failed }) => success + failed === 0)) {
        console.error(`No spec matches --grep '${grep}'.`);
        run.exitCode = 1;
      }
      const broken = results.filter(({ error, disconnected }) => error || disconnected).length;
      writeCounts({
        parts: browsers.map(partOf),
        passed: sum(results.map(({ success }) => success)),
        failed: sum(results.map(({ failed }) => failed)) + broken,
        skipped,
        failures,
      });
    },
  };
}

function partOf({ name, lastResult: { success, failed } }) {
  return { title: name.split(' ')[0], passed: success, failed };
}

counts.$inject = ['config'];

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
