import { resolve } from 'aurelia';
import { AuthError } from 'aurelia-auth-refresh/aurelia2';
import { ExpenseDraft } from '../../../session/expense-draft.js';
import { timeOfDay } from '../../../session/session-words.js';
import { type Expense, ExpensesApi } from '../api/expenses-api.js';
import template from './expenses.html?raw';

const pauseMs = 2500;

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export class MoneyValueConverter {
  static readonly $au = { type: 'value-converter', name: 'money' } as const;

  /** @param cents an amount in cents */
  toView(cents: number): string {
    return euros.format(cents / 100);
  }
}

/** A list that loads itself again every few seconds, and a form to add to it. */
export class Expenses {
  static readonly $au = {
    type: 'custom-element',
    name: 'expenses-page',
    template,
    dependencies: [MoneyValueConverter],
  };
  expenses: readonly Expense[] = [];
  loadedAt = '';
  tokenIssuedAt = '';
  problem = '';

  receipts: FileList | undefined;
  isSaving = false;
  outcome = '';

  private timer: number | undefined;
  private isActive = false;

  readonly draft = resolve(ExpenseDraft);
  private readonly api = resolve(ExpensesApi);

  attached(): void {
    this.isActive = true;
    void this.keepLoading();
  }

  detaching(): void {
    this.isActive = false;
    clearTimeout(this.timer);
  }

  async save(): Promise<void> {
    if (this.isSaving) return;
    this.isSaving = true;
    this.outcome = '';
    try {
      const { description, amount } = this.draft;
      const receipt = this.receipts?.[0];
      if (receipt) await this.api.addWithReceipt(description, amount, receipt);
      else await this.api.add(description, amount);
      this.outcome = 'Added.';
      this.draft.clear();
      this.receipts = undefined;
      await this.load();
    } catch (error) {
      this.outcome = await inWords(error);
    } finally {
      this.isSaving = false;
    }
  }

  private async keepLoading(): Promise<void> {
    await this.load();
    if (this.isActive) this.timer = window.setTimeout(() => void this.keepLoading(), pauseMs);
  }

  private async load(): Promise<void> {
    try {
      const { expenses, tokenIssuedAt } = await this.api.list();
      if (expenses[0]?.id !== this.expenses[0]?.id) this.expenses = expenses;
      this.loadedAt = timeOfDay(Date.now());
      this.tokenIssuedAt = timeOfDay(tokenIssuedAt * 1000);
      this.problem = '';
    } catch (error) {
      this.problem = await inWords(error);
    }
  }
}

async function inWords(error: unknown): Promise<string> {
  if (error instanceof AuthError) {
    return error.retryable
      ? 'Waiting for the server. Loading is retried automatically.'
      : 'You are no longer signed in.';
  }
  if (!(error instanceof Response)) return 'The server cannot be reached. Loading is retried automatically.';
  if (error.status === 401) return 'You are no longer signed in.';
  const { message } = await error.json().catch(() => ({}));
  return message ?? `The server answered with ${error.status}.`;
}
