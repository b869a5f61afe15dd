import { IContainer, resolve } from '@aurelia/kernel';
import { IRouter, IRouterOptions, pathUrlParser, type RouteNode } from '@aurelia/router';
import { type CallbackOutcome, isAllowed, type RedirectCause, rolesOf } from '../core.js';
import { type AuthClaims, IAuthOptions, type RouteAuth } from './auth-options.js';

/** Redirects the router after logins, logouts and ended sessions. Does nothing in an app without router. */
export class AuthRouting {
  /** Path of the route that the guard denied. */
  denied: string | undefined;
  private readonly options = { loginRoute: 'login', homeRoute: '', rolesOf, ...resolve(IAuthOptions) };
  private readonly container = resolve(IContainer);
  private completed: CallbackOutcome | undefined;

  /** Redirects to the given path, the denied one or `homeRoute`. */
  async afterLogin(returnTo = this.denied): Promise<void> {
    this.denied = undefined;
    await this.router?.load(returnTo ?? this.options.homeRoute);
  }

  /** Redirects to the given path or `loginRoute`. */
  async afterLogout(returnTo = this.options.loginRoute): Promise<void> {
    this.denied = undefined;
    await this.router?.load(returnTo);
  }

  /** Leaves a guarded route when its session has ended, and the login page after a login in another tab. */
  afterChange(cause: RedirectCause, authenticated: boolean): void {
    const nodes = this.router ? nodesOf(this.router.routeTree.root) : [];
    if (authenticated && nodes.some(node => this.isLogin(node))) void this.afterLogin();
    if (authenticated || !nodes.some(node => node.data['auth'])) return;
    const path = cause === 'expired' ? this.currentPath : undefined;
    void this.afterLogout().then(() => (this.denied = path));
  }

  /** Returns the path to redirect to from the callback of an OpenID provider, once. */
  afterCallback(outcome: CallbackOutcome): string | undefined {
    const isNew = outcome !== this.completed;
    this.completed = outcome;
    if (!isNew || (outcome.kind !== 'signed-in' && outcome.kind !== 'signed-out')) return undefined;
    return outcome.returnTo ?? (outcome.kind === 'signed-in' ? this.options.homeRoute : this.options.loginRoute);
  }

  /** Returns whether a route may be loaded, or the path to redirect to. */
  decide(node: RouteNode, authenticated: boolean, claims: AuthClaims | undefined): boolean | string {
    const { forbiddenRoute, homeRoute, loginRoute } = this.options;
    const auth = node.data['auth'] as RouteAuth | undefined;
    if (this.isLogin(node)) return !authenticated || homeRoute === loginRoute || homeRoute;
    if (!auth || (authenticated && isAllowed(auth, claims, this.options.rolesOf(claims)))) return true;
    if (authenticated) return forbiddenRoute !== undefined && node.path !== forbiddenRoute && forbiddenRoute;
    this.denied = this.currentPath;
    return loginRoute;
  }

  private isLogin({ path }: RouteNode): boolean {
    return path === this.options.loginRoute;
  }

  private get currentPath(): string | undefined {
    return this.router?.currentTr.instructions.toUrl(false, pathUrlParser, true);
  }

  private get router(): IRouter | undefined {
    return this.container.has(IRouterOptions, true) ? this.container.get(IRouter) : undefined;
  }
}

function nodesOf(node: RouteNode): RouteNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}
