import type { RouteConfig } from 'aurelia-router';
import { AuthService } from '../auth-service.js';
import { AuthenticateStep } from '../authenticate-step.js';
import { logger } from '../logger.js';

/** @deprecated Use `AuthenticateStep`, which guards only routes with `auth: true`. */
export class AuthorizeStep extends AuthenticateStep {
  static override readonly inject = [AuthService];

  constructor(authService: AuthService) {
    super(authService);
    logger.warn('AuthorizeStep is deprecated: use AuthenticateStep, and auth: true in routes.');
  }

  protected override needsAuth(route: RouteConfig | undefined): boolean {
    return Boolean(route?.['auth']);
  }
}
