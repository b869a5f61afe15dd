/**
 * A Jasmine helper: after how long a spec in Node is taken to hang. None of them measures time; on a busy machine, starting a
 * process may take many seconds.
 */
jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
