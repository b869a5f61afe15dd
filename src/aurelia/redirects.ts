import { redirectCause, returnTo, type SessionChange } from '../core.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { logger } from './logger.js';
import { type RedirectTarget, redirectDefaults } from './options/redirect-options.js';
import { parameters } from './query-parameters.js';
import { RememberedTarget } from './remembered-target.js';
import { RouterNavigation } from './router-navigation.js';

/**
 * Address to redirect to after a call: on this page's origin, or one of the configured addresses. `''`, `true` and `0` disable the
 * redirect. If unset, `null` or `false`, the configured address.
 */
export type RedirectArgument = string | boolean | 0 | null | undefined;

/** Parameters to append to the address of a redirect. */
export type RedirectQuery = Readonly<Record<string, unknown>> | string | null | undefined;

/** Redirects the page after logins, logouts and ended sessions, by the options for it. */
export class Redirects {
  static readonly inject = [BaseConfig, PagePorts, RememberedTarget, RouterNavigation];

  /** Redirects in the app's own way. Returns whether it did. */
  override: (argument: RedirectArgument, configured: RedirectTarget, query?: RedirectQuery) => boolean = () => false;
  private isOff = false;

  constructor(
    private readonly config: BaseConfig,
    private readonly page: PagePorts,
    private readonly target: RememberedTarget,
    private readonly router: RouterNavigation,
  ) {}

  /** Remembers an address for this tab. The next login redirects to it, unless the session ends before. */
  rememberTarget(address = this.page.url): void {
    const { url } = this.page;
    const { origin, href } = new URL(address, url);
    this.target.address = origin === new URL(url).origin ? href.slice(origin.length) : undefined;
  }

  /** Forgets the remembered address. */
  forgetTarget(): void {
    this.target.address = undefined;
  }

  /**
   * Redirects to an address.
   *
   * @param configured used if the argument is unset, or names an address on another origin that is not configured
   * @param query parameters to append
   */
  follow(argument: RedirectArgument, configured: RedirectTarget, query?: RedirectQuery): void {
    if (!this.override(argument, configured, query)) this.perform(argument, configured, query);
  }

  /** Redirects as {@link Redirects.follow} does without an override. */
  perform(argument: RedirectArgument, configured: RedirectTarget, query?: RedirectQuery): void {
    const target = this.chosen(argument, configured);
    if (target) this.leave(withQuery(target, query));
  }

  /**
   * Redirects after a login.
   *
   * @param target replaces the remembered address
   */
  afterLogin(argument: RedirectArgument, target = this.target.address): void {
    this.forgetTarget();
    const configured = target ?? this.config.loginRedirect;
    if (this.override(argument, configured)) return;
    const chosen = this.chosen(argument, configured);
    if (chosen) this.enter(chosen);
  }

  /** Redirects after a signup. The default of `signupRedirect` is the login page, which a signed-in user does not need. */
  afterSignup(argument: RedirectArgument): void {
    const { loginOnSignup, signupRedirect } = this.config;
    if (loginOnSignup && signupRedirect === redirectDefaults().signupRedirect) this.afterLogin(argument);
    else this.follow(argument, signupRedirect);
  }

  /** Does not redirect because of a change of the session that `work` brings about. */
  without(work: () => void): void {
    this.isOff = true;
    try {
      work();
    } finally {
      this.isOff = false;
    }
  }

  /** Redirects after a session that ended by itself, or a sign-in or sign-out in another tab. */
  afterChange(change: SessionChange): void {
    if (this.isOff) return;
    const { expiredRedirect, storageChangedRedirect, storageChangedReload } = this.config;
    const cause = redirectCause(change);
    if (cause === 'expired' && expiredRedirect) this.leave(String(expiredRedirect));
    if (cause !== 'other-tab') return;
    if (storageChangedRedirect) this.leave(String(storageChangedRedirect));
    if (storageChangedReload) this.page.reload();
  }

  /** Returns the address that an OpenID provider's sign-in leads to. Undefined: `loginRedirect`. */
  destination(argument: RedirectArgument): { readonly returnTo: string | undefined } {
    return { returnTo: typeof argument === 'string' ? argument : this.target.address };
  }

  /** Returns the absolute address that a sign-in by redirect leads to. Undefined: `loginRedirect`. */
  returnAddress(argument: RedirectArgument): string | undefined {
    const { url } = this.page;
    const named = typeof argument === 'string' ? this.allowed(argument) : this.target.address;
    const target = disablesRedirect(argument) ? url : named;
    if (target === undefined) return undefined;
    const { origin, href } = new URL(target, url);
    return origin === new URL(url).origin ? href : target;
  }

  /** Waits for `work`. Resolves to whether the page was redirected to another route meanwhile. */
  async occurredDuring(work: Promise<unknown>): Promise<boolean> {
    const before = routeOf(this.page.url);
    await work;
    return routeOf(this.page.url) !== before;
  }

  private chosen(argument: RedirectArgument, configured: RedirectTarget): string | undefined {
    if (disablesRedirect(argument)) return undefined;
    const target = typeof argument === 'string' ? (this.allowed(argument) ?? configured) : configured;
    return target ? String(target) : undefined;
  }

  /** Redirects a signed-in user. Loading the page would end a session in memory, so the router navigates instead. */
  private enter(target: string): void {
    const { url } = this.page;
    const { href } = new URL(target, url);
    const endsSession = this.config.storage === 'memory' && withoutFragment(href) !== withoutFragment(url);
    if (endsSession && this.router.navigate(href)) return;
    if (endsSession)
      logger.warn(`The redirect to ${target} loads the page, which ends the session: storage: 'memory'.`);
    this.leave(target);
  }

  private leave(target: string): void {
    if (target.startsWith('#')) this.router.warnOfMissing(target);
    this.page.assign(target);
  }

  /** Logs once that the app has no route `loginRoute`. */
  warnOfMissingLoginRoute(): void {
    this.router.warnOfMissing(this.config.loginRoute);
  }

  private allowed(target: string): string | undefined {
    const { loginRedirect, logoutRedirect, signupRedirect, expiredRedirect, storageChangedRedirect } = this.config;
    const configured = [loginRedirect, logoutRedirect, signupRedirect, expiredRedirect, storageChangedRedirect];
    const allowed = returnTo(target, this.page.url, configured);
    if (allowed === undefined) logger.warn('A redirect to another origin that is not configured was not followed.');
    return allowed;
  }
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/, '');
}

function disablesRedirect(argument: RedirectArgument): boolean {
  return argument === '' || argument === true || argument === 0;
}

function withQuery(target: string, query: RedirectQuery): string {
  const text = typeof query === 'string' ? query.replace(/^\?/, '') : parameters(query).toString();
  return text === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${text}`;
}

/** Returns the part of an address that selects the route. `#/` is the route of an empty fragment, and `#top` is no route. */
function routeOf(address: string): string {
  const { pathname, search, hash } = new URL(address);
  return hash.startsWith('#/') ? `${pathname}${search}${hash.replace(/^#\/+/, '')}` : pathname + search;
}
