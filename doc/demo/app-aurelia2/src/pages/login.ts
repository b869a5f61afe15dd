import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import template from '../../../app/src/pages/login.html?raw';
import { endInWords } from '../../../session/session-words.js';
import { SignInForm } from '../../../session/sign-in-form.js';
import { aurelia2Template } from '../aurelia2-template.js';

export class Login extends SignInForm {
  static readonly $au = { type: 'custom-element', name: 'login-page', template: aurelia2Template(template) } as const;
  /** Why the last session ended, unless the user requested it. */
  notice = '';
  private readonly auth = resolve(IAuthService);

  loading(): void {
    const { ended } = this.auth.state;
    this.notice = ended && ended !== 'none' && ended !== 'requested' ? endInWords[ended] : '';
  }

  protected logIn(): Promise<unknown> {
    return this.auth.login({ email: this.email, password: this.password });
  }
}
