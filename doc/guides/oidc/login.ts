import { AuthError, AuthService } from 'aurelia-auth-refresh';

export class Login {
  static readonly inject = [AuthService];
  message = '';

  constructor(private readonly authService: AuthService) {}

  activate(): void {
    const { signInError, state } = this.authService;
    if (signInError) this.message = inWords(signInError);
    else if (state.status === 'logged-out' && state.ended === 'provider') this.message = 'You signed out elsewhere.';
    else if (state.status === 'logged-out' && state.ended === 'refused') this.message = 'Please sign in again.';
  }

  /** The page goes to the provider. */
  signIn(): Promise<void> {
    return this.attempt(this.authService.login());
  }

  /** The page stays, and the provider opens in a window. */
  signInByPopup(): Promise<void> {
    return this.attempt(this.authService.authenticate());
  }

  private async attempt(signingIn: Promise<unknown>): Promise<void> {
    this.message = '';
    try {
      await signingIn;
    } catch (error) {
      this.message = inWords(error);
    }
  }
}

function inWords(error: unknown): string {
  const code = error instanceof AuthError ? error.code : undefined;
  if (code === 'popup_blocked') return 'The browser opened no window.';
  if (code === 'popup_closed') return 'The window was closed.';
  if (code === 'login_failed') return 'The provider did not sign you in.';
  return 'That did not work. Please try again.';
}
