/** Runs the package specs. They share one tarball. */
import { runFiles } from '../support/run-files.js';
import { tarball } from './support/tarball.js';

process.env['PACKED'] = await tarball();
await runFiles('test/package', 'test/support/jasmine.package.json', 2);
