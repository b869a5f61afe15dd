const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export class MoneyValueConverter {
  /** @param cents an amount in cents */
  toView(cents: number): string {
    return euros.format(cents / 100);
  }
}
