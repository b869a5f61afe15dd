import { HttpClient, json } from 'aurelia-fetch-client';
import { type Burst, burstOf } from '../../../session/scenarios-model.js';
import { ExpensesApi } from './expenses-api.js';

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

  burst(count: number): Promise<Burst> {
    return burstOf(count, () => this.api.list());
  }
}

async function remainingMs(response: Response): Promise<number> {
  const { outageUntil, now } = await response.json();
  return Math.max(0, outageUntil - now);
}
