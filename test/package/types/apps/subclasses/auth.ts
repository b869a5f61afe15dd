import { AuthenticateStep, Authentication, AuthService, BaseConfig } from 'aurelia-authentication';
import { EventAggregator } from 'aurelia-event-aggregator';
import { autoinject, inject } from 'aurelia-framework';
import { BindingSignaler } from 'aurelia-templating-resources';

@inject(Authentication, BaseConfig, BindingSignaler, EventAggregator)
export class MyAuth extends AuthService {
  private user: { name: string } | null = null;

  constructor(
    authentication: Authentication,
    config: BaseConfig,
    bindingSignaler: BindingSignaler,
    eventAggregator: EventAggregator,
  ) {
    super(authentication, config, bindingSignaler, eventAggregator);
  }

  getAccessToken(): string {
    return super.getAccessToken();
  }

  isAuthenticated(callback?: (authenticated: boolean) => void): boolean {
    return super.isAuthenticated(callback) && this.user !== null;
  }

  async login(email: any, password?: any, options?: any, redirectUri?: any): Promise<any> {
    const response = await super.login(email, password, options, redirectUri);
    this.user = response.user;
    return response;
  }

  logout(redirectUri?: string, query?: string, name?: string): Promise<any> {
    this.user = null;
    return super.logout(redirectUri, query, name);
  }

  setResponseObject(response: any) {
    super.setResponseObject(response);
  }

  get roles(): string[] {
    const payload: any = this.getTokenPayload();
    return payload ? payload.roles : [];
  }
}

@autoinject()
export class RoleStep extends AuthenticateStep {
  constructor(private authService: AuthService) {
    super(authService);
  }

  run(routingContext: any, next: any): any {
    if (!this.authService.authenticated) return super.run(routingContext, next);
    const role: string | undefined = routingContext.config.settings.role;
    return role ? next.cancel() : next();
  }
}

export class MyAuthentication extends Authentication {
  redirect(redirectUrl: any, defaultRedirectUrl?: any, query?: any) {
    console.log(redirectUrl, defaultRedirectUrl, query);
  }

  getTokenFromResponse(response: any, prop: any, name: any, root: any): string {
    return response.headers ? response.headers.token : super.getTokenFromResponse(response, prop, name, root);
  }
}

export class MyConfig extends BaseConfig {
  joinBase(url: string): string {
    return `/v2${super.joinBase(url)}`;
  }
}
