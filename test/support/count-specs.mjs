/** Jasmine helper that counts the specs of a suite in Node. */
import { failureLine, writeCounts } from './write-counts.mjs';

const counts = { passed: 0, failed: 0, skipped: [], failures: [] };

jasmine.getEnv().addReporter({
  specDone({ status, fullName, pendingReason, failedExpectations }) {
    if (status === 'passed') {
      counts.passed += 1;
    } else if (failedExpectations.length > 0 || status === 'failed') {
      counts.failed += 1;
      counts.failures.push(failureLine(fullName, failedExpectations[0]?.message));
    } else if (status !== 'excluded') {
      counts.skipped.push(pendingReason ? `${fullName} (${pendingReason})` : fullName);
    }
  },
  suiteDone: countFailureOutsideSpecs,
  jasmineDone(result) {
    countFailureOutsideSpecs(result);
    if (counts.passed + counts.failed + counts.skipped.length === 0) console.error('No spec matches the filter.');
    writeCounts(counts);
  },
});

function countFailureOutsideSpecs({ failedExpectations }) {
  if (failedExpectations.length === 0) return;
  counts.failed += 1;
  counts.failures.push(failureLine('outside the specs', failedExpectations[0].message));
}
