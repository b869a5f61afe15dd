import { AuthService } from 'aurelia-auth-refresh';
import { demoUser } from '../../../session/first-visit.js';
import { endInWords } from '../../../session/session-words.js';

export class Login {
  static readonly inject = [AuthService];
  email = demoUser.email;
  password = demoUser.password;
  isBusy = false;
  problem = '';
  /** Why the last session ended, unless the user wanted it. */
  notice = '';

  constructor(private readonly authService: AuthService) {}

  activate(): void {
    const { state } = this.authService.session;
    const unasked = state.status === 'logged-out' && state.ended !== 'none' && state.ended !== 'requested';
    this.notice = unasked ? endInWords[state.ended] : '';
  }

  async signIn(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = '';
    try {
      await this.authService.login(this.email, this.password);
    } catch (error) {
      this.problem =
        error instanceof Response && error.status === 401
          ? 'No user has this e-mail address and password.'
          : 'The server could not be reached. Try again in a moment.';
    } finally {
      this.isBusy = false;
    }
  }
}
