import { ExpenseDraft } from '../../../session/expense-draft.js';
import { ExpensesPage } from '../../../session/expenses-page.js';
import { ExpensesApi } from '../api/expenses-api.js';

export class Expenses extends ExpensesPage {
  static readonly inject = [ExpensesApi, ExpenseDraft];

  activate(): void {
    this.start();
  }

  deactivate(): void {
    this.stop();
  }
}
