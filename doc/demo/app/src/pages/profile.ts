import { AuthService } from 'aurelia-auth-refresh';

interface User {
  readonly name: string;
  readonly email: string;
}

export class Profile {
  static readonly inject = [AuthService];
  user: User | undefined;
  claims = '';

  constructor(private readonly authService: AuthService) {}

  async activate(): Promise<void> {
    this.user = (await this.authService.getMe()) as User;
    this.claims = JSON.stringify(this.authService.getTokenPayload(), undefined, 2);
  }
}
