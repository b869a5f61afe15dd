import { resolve } from '@aurelia/kernel';
import { If } from '@aurelia/runtime-html';
import { authenticationChange, IAuthService } from './auth-service.js';

/**
 * Filters the routes of a navigation model: guarded ones for signed-in users, `data: { auth: false }` for unauthenticated users.
 */
export class AuthFilterValueConverter {
  static readonly $au = { type: 'value-converter', name: 'authFilter' } as const;
  readonly signals: string[] = [authenticationChange];
  private readonly auth = resolve(IAuthService);

  /** Returns the routes for the state of the session. */
  toView<Route extends { readonly data?: Readonly<Record<string, unknown>> }>(routes: readonly Route[] = []): Route[] {
    return routes.filter(({ data: { auth } = {} }) => auth === undefined || Boolean(auth) === this.auth.authenticated);
  }
}

/** Converts any value to whether a user is signed in. */
export class AuthenticatedValueConverter {
  static readonly $au = { type: 'value-converter', name: 'authenticated' } as const;
  readonly signals: string[] = [authenticationChange];
  private readonly auth = resolve(IAuthService);

  /** Returns whether a user is signed in. */
  toView(): boolean {
    return this.auth.authenticated;
  }
}

/**
 * Renders an element for signed-in users only. `else` may follow.
 */
export class AuthenticatedCustomAttribute extends If {
  static override readonly $au: typeof If.$au = { ...If.$au, name: 'authenticated' };
  private readonly auth = resolve(IAuthService);
  private unsubscribe = (): void => undefined;

  /** Called by Aurelia before the element is attached. */
  override attaching(...args: Parameters<If['attaching']>): ReturnType<If['attaching']> {
    this.value = this.auth.authenticated;
    this.unsubscribe = this.auth.subscribe(() => {
      this.value = this.auth.authenticated;
    });
    return super.attaching(...args);
  }

  /** Called by Aurelia before the element is detached. */
  override detaching(...args: Parameters<If['detaching']>): ReturnType<If['detaching']> {
    this.unsubscribe();
    return super.detaching(...args);
  }
}
