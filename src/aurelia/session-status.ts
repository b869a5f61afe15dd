import type { EventAggregator } from 'aurelia-event-aggregator';
import type { BindingSignaler } from 'aurelia-templating-resources';
import { isOtherUser, publicChange, type SessionChange, type SessionState } from '../core.js';
import { AuthSession } from './auth-session.js';
import { logger } from './logger.js';
import { Redirects } from './redirects.js';

/** An instance of `AuthService`, which an app may have several of. */
interface StatusHolder {
  authenticated: boolean;
  state: SessionState;
  readonly bindingSignaler: BindingSignaler;
  readonly eventAggregator: EventAggregator;
}

/** Keeps every `AuthService` current, and publishes each change once. */
export class SessionStatus {
  static readonly inject = [AuthSession, Redirects];

  private authenticated = false;
  private readonly holders = new Set<StatusHolder>();

  constructor(
    private readonly authSession: AuthSession,
    private readonly redirects: Redirects,
  ) {
    authSession.session.subscribe(change => this.sessionChanged(change));
  }

  /** Keeps an `AuthService` current. The first one publishes a session that was restored. */
  attach(holder: StatusHolder): void {
    this.holders.add(holder);
    holder.authenticated = this.authenticated;
    this.update();
  }

  /** Sets `authenticated` by the session, and publishes a change. */
  update(state?: SessionState): boolean {
    const authenticated = this.authSession.isSignedIn(state);
    if (authenticated === this.authenticated) return false;
    this.authenticated = authenticated;
    for (const holder of this.holders) holder.authenticated = authenticated;
    if (!authenticated) this.redirects.forgetTarget();
    this.announce();
    logger.info(`Authorization changed to: ${authenticated}`);
    return true;
  }

  private sessionChanged(change: SessionChange): void {
    for (const holder of this.holders) holder.state = change.state;
    const isOther = isOtherUser(change);
    const isChanged = this.update(change.state);
    if (isOther && !isChanged) this.announce();
    for (const events of this.channels().keys()) events.publish('authentication-state', publicChange(change));
    if (isChanged || isOther) this.redirects.afterChange(change);
  }

  private announce(): void {
    for (const [events, signaler] of this.channels()) {
      signaler.signal('authentication-change');
      events.publish('authentication-change', this.authenticated);
    }
  }

  /** Instances of one app share theirs. */
  private channels(): Map<EventAggregator, BindingSignaler> {
    return new Map([...this.holders].map(({ eventAggregator, bindingSignaler }) => [eventAggregator, bindingSignaler]));
  }
}
