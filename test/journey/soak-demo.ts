/**
 * Leaves the demo open for two minutes, as `npm start` serves it, and prints the requests that its server received.
 * `SOAK_SECONDS` sets another duration.
 */
import { buildDemo } from '../../doc/demo/build-demo.js';
import { chromiumEngine } from './support/browsers/chromium-engine.js';
import { signIn, startJourney } from './support/journey.js';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 120);
const lifetimeSeconds = 10;
/** Refreshed in the last tenth of each token's lifetime. */
const fewest = Math.floor(seconds / lifetimeSeconds);
const most = Math.ceil(seconds / (0.9 * lifetimeSeconds));

const appFolder = await buildDemo();
const browser = await chromiumEngine.start();
const { page, requests, errors, close } = await startJourney(browser, { appFolder });
try {
  await signIn(page);
  console.log(`Signed in; left alone for ${seconds} s …`);
  await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  const failures = await errors();
  const counts = {
    'requests to the API': requests.toApi().length,
    [`refreshes (${fewest} to ${most} expected)`]: requests.refreshes().length,
    'answers of 401': requests.unauthorized().length,
    'requests sent with an expired token': requests.expired().length,
    'errors in the page': failures.length,
  };
  for (const [what, count] of Object.entries(counts)) console.log(`${String(count).padStart(10)}  ${what}`);
  const inVain = requests.unauthorized().length + requests.expired().length + failures.length;
  const refreshes = requests.refreshes().length;
  process.exitCode = inVain === 0 && refreshes >= fewest && refreshes <= most ? 0 : 1;
} finally {
  await close();
  await browser.close();
}
