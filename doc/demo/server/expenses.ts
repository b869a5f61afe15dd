export interface Expense {
  readonly id: number;
  /** ISO date. */
  readonly date: string;
  readonly description: string;
  /** In cents. */
  readonly amount: number;
  /** SHA-256 of the receipt's file, in hex, where there is one. */
  readonly receipt?: string;
}

export interface NewExpense {
  readonly description: string;
  readonly amount: number;
  readonly receipt?: string;
}

/** The expenses of one user, newest first. */
export interface Expenses {
  latest(count: number): readonly Expense[];
  add(expense: NewExpense): Expense;
}

const keptExpenses = 500;

export function expenses(): Expenses {
  const rows: Expense[] = examples();
  let lastId = rows.length;
  return {
    latest: count => rows.slice(0, count),
    add(expense) {
      lastId += 1;
      const row = { id: lastId, date: isoDate(0), ...expense };
      rows.unshift(row);
      rows.splice(keptExpenses);
      return row;
    },
  };
}

/** @throws {RangeError} with a sentence for the user when it is none */
export function newExpense(value: unknown): NewExpense {
  const { description, amount } = Object(value) as Record<string, unknown>;
  if (typeof description !== 'string' || description.trim() === '' || description.length > 80) {
    throw new RangeError('Describe the expense in up to 80 characters.');
  }
  const cents = Math.round(Number(amount) * 100);
  if (!Number.isFinite(cents) || cents <= 0 || cents > 10_000_000) {
    throw new RangeError('The amount must be a number above zero.');
  }
  return { description: description.trim(), amount: cents };
}

function examples(): Expense[] {
  const rows: [daysAgo: number, description: string, amount: number][] = [
    [1, 'Train to Rotterdam, return', 8640],
    [2, 'Lunch with the Hanssen team', 11275],
    [4, 'Hotel Emma, two nights', 31800],
    [5, 'Conference ticket', 24900],
    [8, 'USB-C dock', 12999],
    [11, 'Taxi, airport to office', 4250],
  ];
  return rows.map(([daysAgo, description, amount], index) => ({
    id: rows.length - index,
    date: isoDate(daysAgo),
    description,
    amount,
  }));
}

function isoDate(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
}
