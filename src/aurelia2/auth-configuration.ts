import { IFetchFn } from '@aurelia/fetch-client';
import { type IContainer, type IRegistry, Registration, resolve } from '@aurelia/kernel';
import type { Params, RouteNode } from '@aurelia/router';
import { AppTask, LifecycleHooks } from '@aurelia/runtime-html';
import { type AuthOptions, IAuthOptions } from './auth-options.js';
import {
  AuthenticatedCustomAttribute,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
} from './auth-resources.js';
import { AuthRouting } from './auth-routing.js';
import { IAuthService } from './auth-service.js';

/**
 * Adds authentication to an Aurelia 2 app: `IAuthService`, the token on the requests of every `IHttpClient`, the guard of routes,
 * and template resources. Register it before an `IHttpClient` is created.
 */
export const AuthConfiguration = {
  /** Registers the plugin with default options. */
  register: (container: IContainer): IContainer => registered(container, {}),
  /** Returns the plugin with these options. */
  customize: (options: AuthOptions): IRegistry => ({ register: container => registered(container, options) }),
};

function registered(container: IContainer, options: AuthOptions): IContainer {
  return container.register(
    Registration.instance(IAuthOptions, options),
    Registration.cachedCallback(IFetchFn, handler => handler.get(IAuthService).bearer.fetch),
    LifecycleHooks.define({}, AuthGuard),
    AuthFilterValueConverter,
    AuthenticatedValueConverter,
    AuthenticatedCustomAttribute,
    AppTask.creating(IAuthService, auth => void auth.ready),
  );
}

/** Router hook for routes with `data: { auth }`. Waits for the session, and redirects unauthenticated users to `loginRoute`. */
export class AuthGuard {
  private readonly auth = resolve(IAuthService);
  private readonly routing = resolve(AuthRouting);

  /** Called by the router for each route. */
  async canLoad(_viewModel: object, _params: Params, next: RouteNode): Promise<boolean | string> {
    const target = this.routing.afterCallback(await this.auth.ready);
    return target ?? this.routing.decide(next, this.auth.authenticated, this.auth.claims);
  }
}
