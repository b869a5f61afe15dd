import { installTools } from './tools.js';

/** The oldest packages of Aurelia that an app can use, and those of their time that come with them. */
const packages = {
  'aurelia-api': '3.0.0',
  'aurelia-authentication': '3.8.3',
  'aurelia-binding': '1.2.0',
  'aurelia-bootstrapper': '2.1.0',
  'aurelia-dependency-injection': '1.3.1',
  'aurelia-event-aggregator': '1.0.1',
  'aurelia-fetch-client': '1.0.1',
  'aurelia-framework': '1.1.0',
  'aurelia-history': '1.0.0',
  'aurelia-history-browser': '1.0.0',
  'aurelia-loader': '1.0.0',
  'aurelia-loader-default': '1.0.1',
  'aurelia-logging': '1.3.1',
  'aurelia-logging-console': '1.0.0',
  'aurelia-metadata': '1.0.3',
  'aurelia-pal': '1.3.0',
  'aurelia-pal-browser': '1.2.0',
  'aurelia-path': '1.1.1',
  'aurelia-polyfills': '1.2.1',
  'aurelia-route-recognizer': '1.1.0',
  'aurelia-router': '1.2.0',
  'aurelia-task-queue': '1.2.0',
  'aurelia-templating': '1.4.0',
  'aurelia-templating-binding': '1.3.0',
  'aurelia-templating-resources': '1.3.1',
  'aurelia-templating-router': '1.1.0',
};

/** @returns the `node_modules` folder with the oldest packages */
export async function floorPeers(): Promise<string> {
  return `${await installTools('floor-peers', packages)}/node_modules`;
}
