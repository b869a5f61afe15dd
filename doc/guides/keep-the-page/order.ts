import { AuthError } from 'aurelia-auth-refresh';
import { HttpClient, json } from 'aurelia-fetch-client';

/** A form whose save waits for the user to sign in again. */
export class Order {
  static inject = [HttpClient];
  text = '';
  message = '';

  constructor(private readonly http: HttpClient) {}

  async save(): Promise<void> {
    this.message = 'Saving …';
    try {
      const response = await this.http.fetch('orders', { method: 'post', body: json({ text: this.text }) });
      this.message = response.ok ? 'Saved.' : 'Not saved. Please try again.';
    } catch (error) {
      const isSignedOut = error instanceof AuthError && error.code === 'session_ended';
      this.message = isSignedOut ? 'Not saved. Sign in, then save once more.' : 'Not saved. Please try again.';
    }
  }
}
