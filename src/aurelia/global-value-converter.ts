import type { FrameworkConfiguration } from 'aurelia-framework';

/** A value converter with its name in templates. */
export interface ValueConverterClass {
  new (...dependencies: never[]): object;
  readonly $resource: { readonly name: string };
}

/** Registers a value converter for all views. Before version 1.3, `globalResources()` of aurelia-framework takes modules only. */
export function registerGlobally(configuration: FrameworkConfiguration, converter: ValueConverterClass): void {
  const { aurelia, container } = configuration;
  try {
    configuration.globalResources([converter]);
  } catch (error) {
    if (!aurelia) throw error;
    aurelia.resources.registerValueConverter(converter.$resource.name, container.get(converter));
  }
}
