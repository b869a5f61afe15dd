import { FetchConfig } from 'aurelia-auth-refresh';
import { HttpClient, json } from 'aurelia-fetch-client';

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
  static readonly inject = [HttpClient, FetchConfig];

  constructor(
    private readonly http: HttpClient,
    fetchConfig: FetchConfig,
  ) {
    http.configure(config => config.useStandardConfiguration());
    fetchConfig.configure(http);
  }

  async list(): Promise<ExpenseList> {
    return (await this.http.fetch('/api/expenses')).json();
  }

  async add(description: string, amount: string): Promise<void> {
    await this.http.fetch('/api/expenses', { method: 'POST', body: json({ description, amount }) });
  }

  async addWithReceipt(description: string, amount: string, receipt: File): Promise<void> {
    const form = new FormData();
    form.set('description', description);
    form.set('amount', amount);
    form.set('receipt', receipt);
    await this.http.fetch('/api/receipts', { method: 'POST', body: form });
  }
}
