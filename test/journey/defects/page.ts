import 'aurelia-polyfills';
import * as ours from 'aurelia-auth-refresh';
import * as predecessor from 'aurelia-authentication';
import { initialize } from 'aurelia-pal-browser';
import { Application, type Library } from './application.js';
import { behaviours } from './behaviours.js';

initialize();

const libraries: Readonly<Record<string, Library>> = {
  'aurelia-authentication': predecessor as unknown as Library,
  'aurelia-auth-refresh': ours as unknown as Library,
};

declare global {
  function holds(library: string, id: string): Promise<boolean>;
  function list(): { readonly id: string; readonly says: string }[];
}

globalThis.list = () => behaviours.map(({ id, says }) => ({ id, says }));

globalThis.holds = async (name, id) => {
  const library = libraries[name];
  const behaviour = behaviours.find(one => one.id === id);
  if (!library || !behaviour) throw new Error(`There is no ${id} of ${name}.`);
  try {
    return await behaviour.holds(new Application(library));
  } catch {
    return false;
  }
};
