import { resolve } from 'aurelia';
import template from '../../../app/src/pages/expenses.html?raw';
import { ExpenseDraft } from '../../../session/expense-draft.js';
import { ExpensesPage } from '../../../session/expenses-page.js';
import { ExpensesApi } from '../api/expenses-api.js';
import { aurelia2Template } from '../aurelia2-template.js';

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export class MoneyValueConverter {
  static readonly $au = { type: 'value-converter', name: 'money' } as const;

  /** @param cents an amount in cents */
  toView(cents: number): string {
    return euros.format(cents / 100);
  }
}

export class Expenses extends ExpensesPage {
  static readonly $au = {
    type: 'custom-element',
    name: 'expenses-page',
    template: aurelia2Template(template),
    dependencies: [MoneyValueConverter],
  };

  constructor() {
    super(resolve(ExpensesApi), resolve(ExpenseDraft));
  }

  attached(): void {
    this.start();
  }

  detaching(): void {
    this.stop();
  }
}
