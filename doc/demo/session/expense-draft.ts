/** What the user typed into the form. Pages are created and removed by the router; the draft stays. */
export class ExpenseDraft {
  description = '';
  amount = '';

  clear(): void {
    this.description = '';
    this.amount = '';
  }
}
