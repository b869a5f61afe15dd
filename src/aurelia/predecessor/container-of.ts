import { Container } from 'aurelia-framework';
import { BaseConfig } from '../base-config.js';

const containers = new WeakMap<BaseConfig, Container>();

/**
 * Returns the container with the other parts of the plugin, for classes that an app creates with the constructor arguments of
 * aurelia-authentication: the app's container if the configuration is from there, or a new one.
 *
 * @param injected the container, if it created the class; a subclass can pass anything on
 */
export function containerOf(config: BaseConfig, injected?: unknown): Container {
  const container = isContainer(injected) ?? containers.get(config) ?? appContainer(config) ?? newContainer(config);
  containers.set(config, container);
  return container;
}

function isContainer(injected: unknown): Container | undefined {
  return injected instanceof Container ? injected : undefined;
}

function appContainer(config: BaseConfig): Container | undefined {
  const { instance } = Container as { instance?: Container };
  return instance?.hasResolver(BaseConfig) && instance.get(BaseConfig) === config ? instance : undefined;
}

function newContainer(config: BaseConfig): Container {
  const container = new Container();
  container.registerInstance(BaseConfig, config);
  return container;
}
