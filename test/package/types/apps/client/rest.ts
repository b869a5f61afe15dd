import { Rest } from 'aurelia-api';
import { AuthenticatedValueConverter, Authentication, AuthService, BaseConfig } from 'aurelia-authentication';
import { autoinject } from 'aurelia-framework';

@autoinject()
export class RestUser {
  constructor(
    private authService: AuthService,
    private config: BaseConfig,
    private authentication: Authentication,
  ) {}

  useOther(other: Rest): Rest {
    const before: Rest = this.authService.client;
    this.config.client = other;
    other.defaults = { headers: { 'X-Tenant': 'acme' } };
    return before;
  }

  withoutRedirects() {
    this.config.loginRedirect = undefined;
    this.config.logoutRedirect = 0;
    this.config.expiredRedirect = false;
  }

  refresh() {
    return this.authentication.toUpdateTokenCallstack().then(response => response.access_token);
  }

  get converted() {
    return new AuthenticatedValueConverter().toView();
  }
}
