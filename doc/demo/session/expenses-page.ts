import { AuthError } from 'aurelia-auth-refresh/core';
import type { ExpenseDraft } from './expense-draft.js';
import type { Expense, ExpensesRequests } from './expenses-api.js';
import { timeOfDay } from './session-words.js';

const pauseMs = 2500;

/** A list that loads itself again every few seconds, and a form to add to it. */
export class ExpensesPage {
  expenses: readonly Expense[] = [];
  loadedAt = '';
  tokenIssuedAt = '';
  problem = '';

  receipts: FileList | undefined;
  isSaving = false;
  outcome = '';

  private timer: number | undefined;
  private isActive = false;

  constructor(
    private readonly api: ExpensesRequests,
    readonly draft: ExpenseDraft,
  ) {}

  protected start(): void {
    this.isActive = true;
    void this.keepLoading();
  }

  protected stop(): void {
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
  return message ?? `The server responded with status ${error.status}.`;
}
