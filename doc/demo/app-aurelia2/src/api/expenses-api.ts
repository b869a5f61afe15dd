import { IHttpClient, json } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';
import { SessionHistory } from '../../../session/session-history.js';

export interface Expense {
  readonly id: number;
  /** ISO date. */
  readonly date: string;
  readonly description: string;
  /** In cents. */
  readonly amount: number;
}

export interface ExpenseList {
  readonly expenses: readonly Expense[];
  /** Epoch seconds: `iat` of the access token that the request carried. */
  readonly tokenIssuedAt: number;
}

/** The token is on each request: the app does not care. */
export class ExpensesApi {
  private readonly http = resolve(IHttpClient).configure(config => config.useStandardConfiguration());
  private readonly history = resolve(SessionHistory);

  async list(): Promise<ExpenseList> {
    return (await this.send('GET', '/api/expenses')).json();
  }

  async add(description: string, amount: string): Promise<void> {
    await this.send('POST', '/api/expenses', json({ description, amount }));
  }

  async addWithReceipt(description: string, amount: string, receipt: File): Promise<void> {
    const form = new FormData();
    form.set('description', description);
    form.set('amount', amount);
    form.set('receipt', receipt);
    await this.send('POST', '/api/receipts', form);
  }

  async profile(): Promise<{ readonly name: string; readonly email: string }> {
    return (await this.http.fetch('/auth/me')).json();
  }

  /** An app would call `fetch` only. The timeline records the request. */
  private send(method: string, path: string, body?: BodyInit): Promise<Response> {
    return this.history.track(method, path, this.http.fetch(path, { method, ...(body && { body }) }));
  }
}
