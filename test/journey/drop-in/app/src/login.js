import { AuthService } from 'aurelia-authentication';

export class Login {
  static inject = [AuthService];

  email = '';
  password = '';
  message = '';

  constructor(authService) {
    this.authService = authService;
  }

  async login() {
    try {
      await this.authService.login(this.email, this.password);
    } catch (error) {
      this.message = error.status === 401 ? 'No such user.' : `It did not work: ${error}`;
    }
  }

  async authenticate(name) {
    try {
      await this.authService.authenticate(name);
    } catch {
      this.message = `${name} did not sign you in.`;
    }
  }
}
