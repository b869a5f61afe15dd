import * as eventAggregator from 'aurelia-event-aggregator';
import * as historyBrowser from 'aurelia-history-browser';
import { Loader, type TemplateRegistryEntry } from 'aurelia-loader';
import { DOM } from 'aurelia-pal';
import * as templatingBinding from 'aurelia-templating-binding';
import * as templatingResources from 'aurelia-templating-resources';
import * as templatingRouter from 'aurelia-templating-router';

const modules: Readonly<Record<string, unknown>> = {
  'aurelia-event-aggregator': eventAggregator,
  'aurelia-history-browser': historyBrowser,
  'aurelia-templating-binding': templatingBinding,
  'aurelia-templating-resources': templatingResources,
  'aurelia-templating-router': templatingRouter,
};

/** Loads the modules of Aurelia's standard configuration, and the given ones. */
export class StaticLoader extends Loader {
  constructor(private readonly more: Readonly<Record<string, unknown>> = {}) {
    super();
  }

  override map(): void {}

  override normalize(id: string): Promise<string> {
    return Promise.resolve(id);
  }

  override normalizeSync(id: string): string {
    return id;
  }

  override loadModule(id: string): Promise<unknown> {
    const module = this.more[id] ?? modules[id];
    return module ? Promise.resolve(module) : Promise.reject(new Error(`There is no module ${id}.`));
  }

  override loadAllModules(ids: string[]): Promise<unknown[]> {
    return Promise.all(ids.map(id => this.loadModule(id)));
  }

  override loadText(id: string): Promise<string> {
    return this.loadModule(id) as Promise<string>;
  }

  override async loadTemplate(id: string): Promise<TemplateRegistryEntry> {
    const entry = this.getOrCreateTemplateRegistryEntry(id);
    entry.template = DOM.createTemplateFromMarkup(await this.loadText(id)) as HTMLTemplateElement;
    return entry;
  }

  override applyPluginToUrl(url: string): string {
    return url;
  }

  override addPlugin(): void {}
}
