import { AuthService } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';

/** Shows the name of the signed-in user. */
export class Profile {
  static inject = [HttpClient, AuthService];
  name = '';
  message = '';

  constructor(
    private readonly http: HttpClient,
    readonly authService: AuthService,
  ) {}

  async activate(): Promise<void> {
    try {
      const response = await this.http.fetch('profile');
      this.name = response.ok ? (await response.json()).subject : '';
      this.message = response.ok ? '' : 'Please sign in again.';
    } catch {
      this.message = 'No connection. Trying again …';
    }
  }
}
