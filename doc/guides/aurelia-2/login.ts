import { resolve } from 'aurelia';
import { AuthError, IAuthService } from 'aurelia-auth-refresh/aurelia2';

const template = `
  <form submit.trigger:prevent="submit()">
    <label>Email <input type="email" value.bind="email" autocomplete="username"></label>
    <label>Password <input type="password" value.bind="password" autocomplete="current-password"></label>
    <button>Sign in</button>
    <p role="alert" textcontent.bind="message"></p>
  </form>
`;

export class Login {
  static readonly $au = { type: 'custom-element', name: 'login-page', template };
  email = '';
  password = '';
  message = '';
  private readonly auth = resolve(IAuthService);

  async submit(): Promise<void> {
    try {
      await this.auth.login({ email: this.email, password: this.password });
    } catch (error) {
      const isRejected = error instanceof AuthError && error.status === 401;
      this.message = isRejected ? 'Wrong email or password.' : 'The sign-in failed. Please retry.';
    }
  }
}
