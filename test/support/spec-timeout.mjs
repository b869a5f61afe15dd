/**
 * Jasmine helper that sets the timeout of specs in Node. No spec measures time; on a busy machine, starting a process
 * can take many seconds.
 */
jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
