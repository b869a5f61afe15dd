import { FetchConfig } from 'aurelia-auth-refresh';
import { HttpClient, json } from 'aurelia-fetch-client';
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
  /** Epoch seconds: `iat` of the access token the list was asked for with. */
  readonly tokenIssuedAt: number;
}

export class ExpensesApi {
  static readonly inject = [HttpClient, FetchConfig, SessionHistory];

  constructor(
    private readonly http: HttpClient,
    fetchConfig: FetchConfig,
    private readonly history: SessionHistory,
  ) {
    http.configure(config => config.useStandardConfiguration());
    fetchConfig.configure(http);
  }

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

  /** An app would call `fetch` and be done; the timeline wants to know of it. */
  private send(method: string, path: string, body?: BodyInit): Promise<Response> {
    return this.history.track(method, path, this.http.fetch(path, { method, ...(body && { body }) }));
  }
}
