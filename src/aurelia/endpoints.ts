import { Container } from 'aurelia-framework';
import { AuthError } from '../core.js';
import type { RestClient } from './rest-client.js';

/** The `Config` of aurelia-api, which holds the endpoints. */
interface EndpointRegistry {
  readonly endpoints: Readonly<Record<string, unknown>>;
  /** Returns the default endpoint for an empty name. */
  getEndpoint(name: string): RestClient | null;
}

/** Finds an endpoint that the app registered with aurelia-api. */
export class Endpoints {
  static readonly inject = [Container];

  constructor(private readonly container: Container) {}

  /** @throws {AuthError} `invalid_configuration` if no endpoint has that name */
  find(name: string): RestClient {
    const registry = this.registry();
    const endpoint = registry?.getEndpoint(name);
    if (endpoint?.client) return endpoint;
    const known = Object.keys(registry?.endpoints ?? {});
    const hint =
      known.length > 0
        ? `Registered endpoints: ${known.join(', ')}.`
        : 'Named endpoints are those of aurelia-api: plug that in before this plugin, or pass an HttpClient.';
    const message = `There is no '${name || 'default'}' endpoint registered. ${hint}`;
    throw new AuthError('invalid_configuration', message);
  }

  /** Finds the registry in the container by its methods, because importing aurelia-api would make every app load it. */
  private registry(): EndpointRegistry | undefined {
    const resolvers: unknown = Reflect.get(this.container, '_resolvers');
    const key = resolvers instanceof Map ? [...resolvers.keys()].find(isRegistryClass) : undefined;
    return key && this.container.get(key);
  }
}

function isRegistryClass(key: unknown): boolean {
  const methods: unknown = typeof key === 'function' ? key.prototype : undefined;
  return ['registerEndpoint', 'getEndpoint', 'endpointExists'].every(name => name in Object(methods));
}
