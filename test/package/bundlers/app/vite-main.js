import 'aurelia-polyfills';
import { configure as configureAuth } from 'aurelia-auth-refresh';
import { Aurelia } from 'aurelia-framework';
import { Origin } from 'aurelia-metadata';
import { PLATFORM } from 'aurelia-pal';
import { initialize } from 'aurelia-pal-browser';
import * as app from './src/app.js';
import { authConfig } from './src/auth-config.js';
import * as login from './src/login.js';
import * as profile from './src/profile.js';
import * as welcome from './src/welcome.js';
import { StaticLoader } from './static-loader.ts';

const views = import.meta.glob('./src/*.html', { query: '?raw', import: 'default', eager: true });
const texts = Object.fromEntries(Object.entries(views).map(([path, text]) => [path.replace('./src/', ''), text]));
const modules = { app, login, profile, welcome };
for (const [id, module] of Object.entries(modules)) {
  Origin.set(module, new Origin(id, 'default'));
  for (const [name, exported] of Object.entries(module)) Origin.set(exported, new Origin(id, name));
}

PLATFORM.moduleName = id => id;
initialize();
const aurelia = new Aurelia(new StaticLoader({ ...modules, ...texts }));
aurelia.use.standardConfiguration().plugin(configureAuth, authConfig);
await aurelia.start();
await aurelia.setRoot('app', document.body);
