/** Runs the journeys, three files at a time on two cores: journeys mostly wait for tokens to expire. */
import { buildDemo } from '../../doc/demo/build-demo.js';
import { runFiles } from '../support/run-files.js';

// Before the others start, which find package and demos up to date and build none of them.
await buildDemo('aurelia');
await buildDemo('aurelia2');
await runFiles('test/journey', 'test/support/jasmine.journey.json', 3);
