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
  function holds(library: string, index: number): Promise<boolean>;
  function list(): { readonly index: number; readonly id: string; readonly says: string }[];
}

globalThis.list = () => behaviours.map(({ id, says }, index) => ({ index, id, says }));

globalThis.holds = async (name, index) => {
  const library = libraries[name];
  const behaviour = behaviours[index];
  if (!library || !behaviour) throw new Error(`There is no behaviour ${index} of ${name}.`);
  try {
    return await behaviour.holds(new Application(library));
  } catch {
    return false;
  }
};
