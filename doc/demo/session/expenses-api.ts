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

/** An HTTP client whose requests carry the token. */
export interface HttpClientLike {
  fetch(url: string, init?: { method: string; body: Blob | FormData }): Promise<Response>;
}

/** The expenses of the signed-in user. */
export class ExpensesRequests {
  constructor(protected readonly http: HttpClientLike) {}

  async list(): Promise<ExpenseList> {
    return (await this.http.fetch('/api/expenses')).json();
  }

  async add(description: string, amount: string): Promise<void> {
    const body = new Blob([JSON.stringify({ description, amount })], { type: 'application/json' });
    await this.http.fetch('/api/expenses', { method: 'POST', body });
  }

  async addWithReceipt(description: string, amount: string, receipt: File): Promise<void> {
    const form = new FormData();
    form.set('description', description);
    form.set('amount', amount);
    form.set('receipt', receipt);
    await this.http.fetch('/api/receipts', { method: 'POST', body: form });
  }
}
