import { HttpClient, json } from 'aurelia-fetch-client';
import { ExpensesApi } from './expenses-api.js';

export interface Burst {
  readonly answered: number;
  readonly failed: number;
}

/** What the server offers for making things go wrong. */
export class ScenariosApi {
  static readonly inject = [HttpClient, ExpensesApi];

  constructor(
    private readonly http: HttpClient,
    private readonly api: ExpensesApi,
  ) {}

  /** @returns the ms for which the refresh endpoint stays down */
  async takeDown(seconds: number): Promise<number> {
    return remainingMs(await this.http.fetch('/demo/outage', { method: 'POST', body: json({ seconds }) }));
  }

  /** @returns the ms for which the refresh endpoint stays down */
  async outage(): Promise<number> {
    return remainingMs(await this.http.fetch('/demo/state'));
  }

  async revokeSession(): Promise<void> {
    await this.http.fetch('/demo/revoke-session', { method: 'POST' });
  }

  async revokeAccessToken(): Promise<void> {
    await this.http.fetch('/demo/revoke-access-token', { method: 'POST' });
  }

  async burst(count: number): Promise<Burst> {
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => this.api.list()));
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length;
    return { answered, failed: count - answered };
  }
}

async function remainingMs(response: Response): Promise<number> {
  const { outageUntil, now } = await response.json();
  return Math.max(0, outageUntil - now);
}
