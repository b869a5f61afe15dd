import { resolve } from 'aurelia';
import { AuthError, IAuthService } from 'aurelia-auth-refresh/aurelia2';

export class Login {
  email = '';
  password = '';
  problem = '';
  private readonly auth = resolve(IAuthService);

  async submit(): Promise<void> {
    try {
      await this.auth.login({ email: this.email, password: this.password });
    } catch (error) {
      const isRejected = error instanceof AuthError && error.status === 401;
      this.problem = isRejected ? 'Wrong email or password.' : 'The server could not be reached.';
    }
  }
}
