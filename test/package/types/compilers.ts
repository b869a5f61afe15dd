import { createRequire } from 'node:module';
import { floorPeers } from '../support/floor-peers.js';
import { root } from '../support/tarball.js';
import { installTools } from '../support/tools.js';

/** A TypeScript version with the packages of Aurelia that apps of its time use. */
export interface Compiler {
  readonly version: string;
  readonly script: string;
  /** The `node_modules` folder with the packages of Aurelia. */
  readonly peers: string;
  readonly options: object;
}

/** ES5 modules, as apps had them. */
const es5 = { target: 'es5', module: 'commonjs', moduleResolution: 'node' };

/** The typings of today's Aurelia need TypeScript 4.5. */
export async function compilers(): Promise<Compiler[]> {
  const older = await installTools('typescript-versions', {
    'typescript-3.9': 'npm:typescript@3.9.10',
    'typescript-4.4': 'npm:typescript@4.4.4',
    'typescript-4.9': 'npm:typescript@4.9.5',
    'typescript-5.9': 'npm:typescript@5.9.3',
  });
  const floor = await floorPeers();
  const newest = `${root}/node_modules`;
  const resolve = createRequire(`${root}/package.json`).resolve;
  const old = (version: string) => `${older}/node_modules/typescript-${version}/lib/tsc.js`;
  return [
    { version: '3.9', script: old('3.9'), peers: floor, options: { ...es5, module: 'amd' } },
    { version: '4.4', script: old('4.4'), peers: floor, options: es5 },
    { version: '4.9', script: old('4.9'), peers: newest, options: es5 },
    { version: '5.9', script: old('5.9'), peers: newest, options: es5 },
    {
      version: '6',
      script: resolve('typescript/lib/tsc.js'),
      peers: newest,
      options: { ...es5, ignoreDeprecations: '6.0' },
    },
    {
      version: '7',
      script: resolve('@typescript/native/package.json').replace('package.json', 'bin/tsc'),
      peers: newest,
      options: { target: 'es2015', module: 'esnext', moduleResolution: 'bundler' },
    },
  ];
}
