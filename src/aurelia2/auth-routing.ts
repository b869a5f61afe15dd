import { IContainer, resolve } from '@aurelia/kernel';
import { IRouter, IRouterOptions, pathUrlParser, type RouteNode } from '@aurelia/router';
import { type CallbackOutcome, isAllowed, type RedirectCause, type RouteAccess, rolesOf } from '../core.js';
import { type AuthClaims, IAuthOptions } from './auth-options.js';

/** Redirects the router after logins, logouts and ended sessions. Does nothing in an app without router. */
export class AuthRouting {
  /** Path of the route that the guard denied. */
  denied: string | undefined;
  private readonly options = { loginRoute: 'login', homeRoute: '', rolesOf, ...resolve(IAuthOptions) };
  private readonly container = resolve(IContainer);
  private completed: CallbackOutcome | undefined;

  /** Redirects to the given path, the denied one or `homeRoute`. */
  async afterLogin(returnTo = this.denied): Promise<void> {
    await this.load(returnTo, this.options.homeRoute);
  }

  /** Redirects to the given path or `loginRoute`. */
  async afterLogout(returnTo?: string): Promise<void> {
    await this.load(returnTo, this.options.loginRoute);
  }

  /** Leaves a guarded route when its session has ended, and the login page after a login in another tab. */
  afterChange(cause: RedirectCause, authenticated: boolean): void {
    if (cause === 'expired' && this.options.staysOnExpiry) return;
    const nodes = this.router ? nodesOf(this.router.routeTree.root) : [];
    if (authenticated && nodes.some(node => this.isLogin(node))) void this.afterLogin();
    if (authenticated || !nodes.some(node => node.data['auth'])) return;
    const path = cause === 'expired' ? this.currentPath : undefined;
    void this.afterLogout().then(() => (this.denied = path));
  }

  /** Returns the path to redirect to from the callback of an OpenID provider, once. */
  afterCallback(outcome: CallbackOutcome): string | undefined {
    const { homeRoute, loginRoute } = this.options;
    if (outcome === this.completed) return undefined;
    this.completed = outcome;
    if (outcome.kind === 'signed-in') return outcome.returnTo ?? homeRoute;
    return outcome.kind === 'signed-out' ? (outcome.returnTo ?? loginRoute) : undefined;
  }

  /** Returns whether a route may be loaded, or the path to redirect to. */
  decide(node: RouteNode, authenticated: boolean, claims: AuthClaims | undefined): boolean | string {
    const { forbiddenRoute, homeRoute, loginRoute } = this.options;
    const auth = node.data['auth'] as RouteAccess<AuthClaims> | undefined;
    if (this.isLogin(node)) return !authenticated || homeRoute === loginRoute || homeRoute;
    if (!auth || (authenticated && isAllowed(auth, claims, this.options.rolesOf(claims)))) return true;
    if (authenticated) return forbiddenRoute !== undefined && node.path !== forbiddenRoute && forbiddenRoute;
    this.denied = this.currentPath;
    return loginRoute;
  }

  private async load(path: string | undefined, fallback: string): Promise<void> {
    this.denied = undefined;
    const { router } = this;
    if (router) await router.load(path ?? fallback);
  }

  private isLogin({ path }: RouteNode): boolean {
    return path === this.options.loginRoute;
  }

  private get currentPath(): string {
    return this.container.get(IRouter).currentTr.instructions.toUrl(false, pathUrlParser, true);
  }

  private get router(): IRouter | undefined {
    return this.container.has(IRouterOptions, true) ? this.container.get(IRouter) : undefined;
  }
}

function nodesOf(node: RouteNode): RouteNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}
