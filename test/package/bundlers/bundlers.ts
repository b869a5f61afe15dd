import { buildByAureliaCli } from './aurelia-cli.js';
import type { Visit } from './first-visit.js';
import { buildForRequireJs } from './requirejs.js';
import { buildByVite } from './vite.js';
import { buildByWebpack } from './webpack.js';

export interface Bundler {
  readonly name: string;
  /** Builds the app in the folder. Resolves to the path of its page. */
  build(app: string): Promise<string>;
}

/** The bundlers among the development dependencies. */
export const usualBundlers: readonly Bundler[] = [
  { name: 'webpack 5 + aurelia-webpack-plugin', build: buildByWebpack },
  { name: 'Vite 8', build: buildByVite },
  { name: 'RequireJS', build: buildForRequireJs },
];

export const allBundlers: readonly Bundler[] = [
  ...usualBundlers,
  { name: 'aurelia-cli 3, its own bundler', build: buildByAureliaCli },
];

/** Expected course of a visit, independent of the bundler. */
export const expectedVisit: Visit = {
  links: { before: 'Welcome, Login', during: 'Welcome, Profile', after: 'Welcome, Login' },
  profile: 'ann',
  profileAfterRejection: 'ann',
  refreshes: 1,
  knewInTemplate: [false, true, false],
  sharesTheCore: 'true',
  copiesOfTheCore: 1,
  errors: [],
};
