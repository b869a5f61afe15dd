import { demoUser } from './first-visit.js';

/** A form with the demo user filled in, which shows why a sign-in failed. */
export abstract class SignInForm {
  email = demoUser.email;
  password = demoUser.password;
  isBusy = false;
  problem = '';

  async signIn(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = '';
    try {
      await this.logIn();
    } catch (error) {
      this.problem =
        Object(error).status === 401
          ? 'No user has this e-mail address and password.'
          : 'The server could not be reached. Try again in a moment.';
    } finally {
      this.isBusy = false;
    }
  }

  /** @throws an error or a `Response` with the `status` of the server */
  protected abstract logIn(): Promise<unknown>;
}
