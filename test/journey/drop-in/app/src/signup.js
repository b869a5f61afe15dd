import { AuthService } from 'aurelia-authentication';

export class Signup {
  static inject = [AuthService];

  displayName = '';
  email = '';
  password = '';

  constructor(authService) {
    this.authService = authService;
  }

  signup() {
    return this.authService.signup(this.displayName, this.email, this.password);
  }
}
