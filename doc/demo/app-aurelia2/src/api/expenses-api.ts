import { IHttpClient, json } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';

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

  async profile(): Promise<{ readonly name: string; readonly email: string }> {
    return (await this.http.fetch('/auth/me')).json();
  }
}
