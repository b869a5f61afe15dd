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
    const response = await this.http.fetch('/bff/session', { method: 'POST', headers });
    if (response.ok) this.authService.setResponseObject(await response.json());
  }

  async load(): Promise<void> {
    const response = await this.http.fetch('/bff/expenses');
    this.expenses = response.ok ? JSON.stringify(await response.json()) : `Refused with ${response.status}`;
  }
}
