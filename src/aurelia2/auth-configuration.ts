import { IFetchFn } from '@aurelia/fetch-client';
import { type IContainer, type IRegistry, Registration } from '@aurelia/kernel';
import { AppTask, LifecycleHooks } from '@aurelia/runtime-html';
import { AuthGuard } from './auth-guard.js';
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
 *
 * @example
 * const auth = AuthConfiguration.customize({ session: { refresh: { url: '/auth/token' } }, protectedUrls: ['/api'] });
 * Aurelia.register(RouterConfiguration, auth).app(MyApp).start();
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
    Registration.singleton(AuthRouting, AuthRouting),
    Registration.cachedCallback(IFetchFn, handler => handler.get(IAuthService).bearer.fetch),
    LifecycleHooks.define({}, AuthGuard),
    AuthFilterValueConverter,
    AuthenticatedValueConverter,
    AuthenticatedCustomAttribute,
    AppTask.creating(IAuthService, auth => void auth.ready),
  );
}
