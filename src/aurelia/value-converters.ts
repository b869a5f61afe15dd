import { AuthService } from './auth-service.js';
import type { Unchecked } from './unchecked.js';

/** A route as `router.navigation` lists it. */
export interface RouteLike {
  readonly config?: { readonly auth?: unknown } | undefined;
}

/**
 * Filters routes by authentication: keeps routes with `auth: true` for signed-in users, routes with `auth: false` for unauthenticated
 * users, and all routes without `auth`.
 *
 * @example
 * <li repeat.for="row of router.navigation | authFilter: authService.authenticated">
 */
export class AuthFilterValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authFilter' } as const;

  /** Returns the routes for the given value. Null and undefined give an empty array. */
  toView<Route extends RouteLike>(routes: readonly Route[] | null | undefined, isAuthenticated?: boolean): Route[] {
    return (routes ?? []).filter(({ config }) => typeof config?.auth !== 'boolean' || config.auth === isAuthenticated);
  }
}

/**
 * Filters routes like {@link AuthFilterValueConverter}, by the state of the session.
 *
 * @example
 * <li repeat.for="row of router.navigation | authenticatedFilter & signal:'authentication-change'">
 */
export class AuthenticatedFilterValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authenticatedFilter' } as const;
  static readonly inject = [AuthService];

  /** @internal */
  private readonly authService: AuthService;

  constructor(authService: AuthService) {
    this.authService = authService;
  }

  /** Returns the routes for the state of the session. */
  toView<Route extends RouteLike>(
    routes: readonly Route[] | null | undefined,
    isAuthenticated = this.authService.authenticated,
  ): Route[] {
    return new AuthFilterValueConverter().toView(routes, isAuthenticated);
  }
}

/**
 * Converts any value to whether a user is signed in.
 *
 * @example
 * <a if.bind="'' | authenticated & signal:'authentication-change'">Profile</a>
 */
export class AuthenticatedValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authenticated' } as const;
  static readonly inject = [AuthService];

  /** @internal */
  private readonly authService: AuthService;

  constructor(authService?: Unchecked) {
    this.authService = authService;
  }

  /** Returns {@link AuthService.authenticated}. */
  toView(_value?: unknown): boolean {
    return this.authService.authenticated;
  }
}
