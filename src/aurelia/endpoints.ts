import type { HttpClient } from 'aurelia-fetch-client';
import { Container } from 'aurelia-framework';
import { AuthError } from '../core.js';

/** Where aurelia-api keeps its endpoints. */
interface EndpointRegistry {
  /** The default endpoint where the name is empty. */
  getEndpoint(name: string): { readonly client?: unknown } | null;
}

/** Finds the HTTP client of a named endpoint. The names are those that the application registered with aurelia-api. */
export class Endpoints {
  static readonly inject = [Container];

  constructor(private readonly container?: Container) {}

  /** @throws {AuthError} `invalid_configuration` when no endpoint goes by that name */
  find(name: string): HttpClient {
    const endpoint = this.registry()?.getEndpoint(name);
    if (endpoint?.client) return endpoint.client as HttpClient;
    const message =
      `There is no '${name || 'default'}' endpoint registered. ` +
      'Named endpoints are those of aurelia-api: plug that in before this plugin, or pass an HttpClient.';
    throw new AuthError('invalid_configuration', message);
  }

  /** Known by its looks among what the container holds: an import of aurelia-api would force it on every application. */
  protected registry(): EndpointRegistry | undefined {
    const { container } = this;
    const resolvers: unknown = container && Reflect.get(container, '_resolvers');
    const key = resolvers instanceof Map ? [...resolvers.keys()].find(isRegistryClass) : undefined;
    return key && container?.get(key);
  }
}

function isRegistryClass(key: unknown): boolean {
  const methods: unknown = typeof key === 'function' ? key.prototype : undefined;
  return ['registerEndpoint', 'getEndpoint', 'endpointExists'].every(name => name in Object(methods));
}
