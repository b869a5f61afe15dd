import { AuthService } from 'aurelia-authentication';
import { EventAggregator, Subscription } from 'aurelia-event-aggregator';
import { inject } from 'aurelia-framework';

@inject(AuthService, EventAggregator)
export class Login {
  email = '';
  password = '';
  error: any;
  private subscription: Subscription | undefined;

  constructor(
    private authService: AuthService,
    private events: EventAggregator,
  ) {}

  attached() {
    this.subscription = this.events.subscribe('authentication-change', (authenticated: boolean) => {
      console.log(authenticated);
    });
  }

  detached() {
    if (this.subscription) this.subscription.dispose();
  }

  async login() {
    try {
      const response = await this.authService.login(this.email, this.password, {}, '#/customers');
      console.log(response.access_token);
    } catch (error) {
      this.error = error;
    }
  }

  loginWithForm() {
    const credentials = { username: this.email, password: this.password, grant_type: 'password' };
    return this.authService
      .login(credentials, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
      .then(response => response.user.name)
      .catch(error => error.json().then((body: { message: string }) => (this.error = body.message)));
  }

  authenticate(name: string) {
    return this.authService
      .authenticate(name, '#/customers', { tenant: 'acme' })
      .then(response => console.log(response.token));
  }

  signup() {
    return this.authService.signup('Ada', this.email, this.password, {}, '#/welcome').then(response => response.id);
  }
}
