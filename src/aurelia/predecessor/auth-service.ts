import { EventAggregator } from 'aurelia-event-aggregator';
import { Container } from 'aurelia-framework';
import { BindingSignaler } from 'aurelia-templating-resources';
import { AuthParts } from '../auth-parts.js';
import { AuthService as Base } from '../auth-service.js';
import { BaseConfig } from '../base-config.js';
import type { LogIn } from '../sign-ins.js';
import type { Missable } from '../token-types.js';
import { Authentication } from './authentication.js';
import { containerOf } from './container-of.js';
import { deprecated } from './deprecated.js';
import { StorageWatch } from './storage-watch.js';

const ownTimers = 'The session has its own timers. autoUpdateToken determines whether it refreshes automatically.';

/**
 * Signs users in and out, and reports who is signed in. Also has the members of aurelia-authentication that are deprecated.
 *
 * @typeParam Claims claims of the access token, for `getTokenPayload()`
 * @example
 * export class Login {
 *   static inject = [AuthService];
 *   constructor(private authService: AuthService) {}
 *   submit() {
 *     return this.authService.login({ email: this.email, password: this.password });
 *   }
 * }
 */
export class AuthService<Claims extends object = object> extends Base<Claims> {
  static override readonly inject = [Authentication, BaseConfig, BindingSignaler, EventAggregator, Container];

  /** @internal */
  private readonly storage: StorageWatch;
  /** @internal */
  private logIn: LogIn | undefined;

  constructor(
    /** @deprecated Use the members of `AuthService`. */
    readonly authentication: Authentication,
    config: BaseConfig,
    bindingSignaler: BindingSignaler,
    eventAggregator: EventAggregator,
    container?: Container,
  ) {
    const parts = containerOf(config, container);
    super(config, bindingSignaler, eventAggregator, parts.get(AuthParts));
    this.storage = parts.get(StorageWatch);
  }

  /** @deprecated Use the members of `AuthService`. */
  get auth(): Authentication {
    return this.authentication;
  }

  override isAuthenticated(callback?: ((authenticated: boolean) => void) | null): boolean {
    this.lookAtStorage();
    return super.isAuthenticated(callback);
  }

  override getAccessToken(): Missable<Claims, string | undefined> {
    return this.authentication.getAccessToken() as Missable<Claims, string | undefined>;
  }

  override setResponseObject(response: unknown): void {
    if (response && this.logIn) this.logIn(response);
    else super.setResponseObject(response);
  }

  /** Sets `authenticated` by the session, and publishes a change. */
  updateAuthenticated(): void {
    this.parts.status.update();
  }

  /** @deprecated Always 0: the session has its own timers. */
  get timeoutID(): number {
    return 0;
  }

  set timeoutID(_value: number) {
    deprecated('timeoutID', ownTimers);
  }

  /** @deprecated Does nothing: the session has its own timers and refreshes, or ends, when its token expires. */
  setTimeout(_ttlMs?: number): void {
    deprecated('setTimeout', ownTimers);
  }

  /** @deprecated Does nothing: the session has its own timers. `autoUpdateToken: false` disables automatic refreshes. */
  clearTimeout(): void {
    deprecated('clearTimeout', ownTimers);
  }

  /** @deprecated Does nothing: the session observes other tabs. */
  storageEventHandler(_event?: unknown): void {
    deprecated('storageEventHandler', 'The session observes other tabs.');
  }

  /**
   * The overrides of a subclass count.
   *
   * @internal
   */
  override mayCarryToken(): boolean {
    this.lookAtStorage();
    const isOverridden = this.isAuthenticated !== AuthService.prototype.isAuthenticated;
    return isOverridden ? this.isAuthenticated() : super.mayCarryToken();
  }

  /** @internal */
  protected override enter(response: unknown, logIn: LogIn): void {
    this.logIn = logIn;
    try {
      this.setResponseObject(response);
    } finally {
      this.logIn = undefined;
    }
  }

  /** An app may store or remove the session itself. */
  private lookAtStorage(): void {
    const { parts, storage } = this;
    if (storage.hasChanged()) parts.redirects.without(() => storage.apply(this.session));
  }
}
