import { resolve } from '@aurelia/kernel';
import type { Params, RouteNode } from '@aurelia/router';
import { AuthRouting } from './auth-routing.js';
import { IAuthService } from './auth-service.js';

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
