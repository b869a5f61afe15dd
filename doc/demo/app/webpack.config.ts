import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AureliaPlugin } from 'aurelia-webpack-plugin';
import type { Configuration } from 'webpack';

const here = import.meta.dirname;

export const config: Configuration = {
  mode: 'production',
  context: here,
  entry: { main: 'aurelia-bootstrapper' },
  output: { filename: 'app.[contenthash:12].js' },
  resolve: {
    modules: [join(here, 'src'), 'node_modules'],
    extensions: ['.ts', '.js'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    // An app that installed the package needs no such line: here the package is this very repository.
    alias: { 'aurelia-auth-refresh$': fileURLToPath(import.meta.resolve('aurelia-auth-refresh')) },
  },
  module: {
    rules: [
      { test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'es2019' } },
      { test: /\.html$/, loader: 'html-loader' },
    ],
  },
  plugins: [new AureliaPlugin({ features: { ie: false, svg: false, polyfills: 'esnext' } })],
  performance: { hints: false },
};
