export {
  FakeTokenServer,
  type FakeTokenServerOptions,
  type ScriptedFailure,
  type SeenRequest,
} from './testing/fake-token-server.js';
export { TestBrowser, type TestBrowserOptions, TestTab } from './testing/test-browser.js';
export { settled, TestClock } from './testing/test-clock.js';
