import { IHttpClient, json } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';
import { ExpensesApi } from './expenses-api.js';

/** Requests that make the server fail in different ways. */
export class ScenariosApi {
  private readonly http = resolve(IHttpClient);
  private readonly api = resolve(ExpensesApi);

  /** @returns the ms for which the refresh endpoint stays down */
  async takeDown(seconds: number): Promise<number> {
    return remainingMs(await this.http.post('/demo/outage', json({ seconds })));
  }

  /** @returns the ms for which the refresh endpoint stays down */
  async outage(): Promise<number> {
    return remainingMs(await this.http.fetch('/demo/state'));
  }

  async revokeSession(): Promise<void> {
    await this.http.post('/demo/revoke-session');
  }

  async revokeAccessToken(): Promise<void> {
    await this.http.post('/demo/revoke-access-token');
  }

  async burst(count: number): Promise<{ readonly answered: number; readonly failed: number }> {
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => this.api.list()));
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length;
    return { answered, failed: count - answered };
  }
}

async function remainingMs(response: Response): Promise<number> {
  const { outageUntil, now } = await response.json();
  return Math.max(0, outageUntil - now);
}
