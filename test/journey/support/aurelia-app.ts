import 'aurelia-polyfills';
import { Aurelia, Origin, PLATFORM } from 'aurelia-framework';
import { initialize } from 'aurelia-pal-browser';
import { StaticLoader } from '../../aurelia/support/static-loader.js';

type Traced = Parameters<typeof Origin.set>[0];

/** The modules of an application by name, and its view templates. */
export type AppModules = Readonly<Record<string, Readonly<Record<string, Traced>> | string>>;

/** Starts an Aurelia application that was bundled without a loader. */
export async function start(configure: (aurelia: Aurelia) => Promise<void>, modules: AppModules): Promise<void> {
  for (const [id, module] of Object.entries(modules)) {
    if (typeof module === 'string') continue;
    Origin.set(module as unknown as Traced, new Origin(id, 'default'));
    for (const [name, exported] of Object.entries(module)) Origin.set(exported, new Origin(id, name));
  }
  PLATFORM.moduleName = (id: string) => id;
  initialize();
  const aurelia = new Aurelia(new StaticLoader(modules));
  aurelia.host = document.body;
  await configure(aurelia);
}
