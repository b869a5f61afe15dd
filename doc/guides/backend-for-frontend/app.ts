import { AuthService, FetchConfig } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';

export class App {
  static inject = [AuthService, FetchConfig, HttpClient];
  expenses = '';

  constructor(
    readonly authService: AuthService,
    fetchConfig: FetchConfig,
    private readonly http: HttpClient,
  ) {
    fetchConfig.configure(http);
  }

  /** The page comes back from the provider signed in, which only the backend knows. */
  async activate(): Promise<void> {
    if (this.authService.authenticated) return;
    const headers = { 'X-Requested-With': 'XMLHttpRequest' };
    const answer = await this.http.fetch('/bff/session', { method: 'POST', headers });
    if (answer.ok) this.authService.setResponseObject(await answer.json());
  }

  async load(): Promise<void> {
    const answer = await this.http.fetch('/bff/expenses');
    this.expenses = answer.ok ? JSON.stringify(await answer.json()) : `Refused with ${answer.status}`;
  }
}
