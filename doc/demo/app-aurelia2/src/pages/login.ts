import { resolve } from 'aurelia';
import { AuthError, IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { demoUser } from '../../../session/first-visit.js';
import { endInWords } from '../../../session/session-words.js';
import template from './login.html?raw';

export class Login {
  static readonly $au = { type: 'custom-element', name: 'login-page', template } as const;
  email = demoUser.email;
  password = demoUser.password;
  isBusy = false;
  problem = '';
  /** Why the last session ended, unless the user requested it. */
  notice = '';
  private readonly auth = resolve(IAuthService);

  loading(): void {
    const { ended } = this.auth.state;
    this.notice = ended && ended !== 'none' && ended !== 'requested' ? endInWords[ended] : '';
  }

  async signIn(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = '';
    try {
      await this.auth.login({ email: this.email, password: this.password });
    } catch (error) {
      this.problem =
        error instanceof AuthError && error.status === 401
          ? 'No user has this e-mail address and password.'
          : 'The server could not be reached. Try again in a moment.';
    } finally {
      this.isBusy = false;
    }
  }
}
