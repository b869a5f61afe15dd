import { AuthService } from 'aurelia-auth-refresh';
import { endInWords } from '../../../session/session-words.js';
import { SignInForm } from '../../../session/sign-in-form.js';

export class Login extends SignInForm {
  static readonly inject = [AuthService];
  /** Why the last session ended, unless the user wanted it. */
  notice = '';

  constructor(private readonly authService: AuthService) {
    super();
  }

  activate(): void {
    const { state } = this.authService.session;
    const unasked = state.status === 'logged-out' && state.ended !== 'none' && state.ended !== 'requested';
    this.notice = unasked ? endInWords[state.ended] : '';
  }

  protected logIn(): Promise<unknown> {
    return this.authService.login(this.email, this.password);
  }
}
