import { AuthService } from 'aurelia-auth-refresh';
import { HttpClient, json } from 'aurelia-fetch-client';

/** A form that is not lost. */
export class Order {
  static inject = [HttpClient, AuthService];
  text = '';
  message = '';

  constructor(
    private readonly http: HttpClient,
    private readonly authService: AuthService,
  ) {}

  async save(): Promise<void> {
    const response = await this.http.fetch('orders', { method: 'post', body: json({ text: this.text }) }).catch(() => {
      return undefined; // no connection, or the session ended while the request waited for a token
    });
    if (response?.ok) this.message = 'Saved.';
    else if (!this.authService.authenticated) this.message = 'Not saved yet. Sign in again, then save once more.';
    else this.message = 'Not saved. Please try again.';
  }
}
