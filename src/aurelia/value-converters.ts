import { AuthService } from './auth-service.js';

/** A route as `router.navigation` lists it. */
export interface RouteLike {
  readonly config?: { readonly auth?: unknown } | undefined;
}

/**
 * Keeps the routes that suit: those with `auth: true` for users who are signed in, those with `auth: false` for others, and
 * those that say nothing.
 *
 * @example
 * <li repeat.for="row of router.navigation | authFilter: authService.authenticated">
 */
export class AuthFilterValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authFilter' } as const;

  /** The routes that suit; none for no routes. */
  toView<Route extends RouteLike>(routes: readonly Route[] | null | undefined, isAuthenticated?: boolean): Route[] {
    return (routes ?? []).filter(({ config }) => typeof config?.auth !== 'boolean' || config.auth === isAuthenticated);
  }
}

/**
 * The same, for whoever is signed in.
 *
 * @example
 * <li repeat.for="row of router.navigation | authenticatedFilter & signal:'authentication-change'">
 */
export class AuthenticatedFilterValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authenticatedFilter' } as const;
  static readonly inject = [AuthService];

  constructor(private readonly authService: AuthService) {}

  /** The routes that suit whoever is signed in. */
  toView<Route extends RouteLike>(
    routes: readonly Route[] | null | undefined,
    isAuthenticated = this.authService.authenticated,
  ): Route[] {
    return new AuthFilterValueConverter().toView(routes, isAuthenticated);
  }
}

/**
 * Whether somebody is signed in, whatever it is applied to.
 *
 * @example
 * <a if.bind="'' | authenticated & signal:'authentication-change'">Profile</a>
 */
export class AuthenticatedValueConverter {
  static readonly $resource = { type: 'valueConverter', name: 'authenticated' } as const;
  static readonly inject = [AuthService];

  constructor(private readonly authService: AuthService) {}

  /** The value of {@link AuthService.authenticated}. */
  toView(_value?: unknown): boolean {
    return this.authService.authenticated;
  }
}
