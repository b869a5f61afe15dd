import { IHttpClient, json } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';
import { type Burst, burstOf } from '../../../session/scenarios-model.js';
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

  burst(count: number): Promise<Burst> {
    return burstOf(count, () => this.api.list());
  }
}

async function remainingMs(response: Response): Promise<number> {
  const { outageUntil, now } = await response.json();
  return Math.max(0, outageUntil - now);
}
