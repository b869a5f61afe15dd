import { type Comparison, compare, folded } from './defects/compare.js';

describe('the defects of aurelia-authentication 3.8.3', () => {
  let comparisons: Comparison[];

  beforeAll(async () => {
    comparisons = await compare('aurelia-auth-refresh');
  }, 240_000);

  it('are absent here (`npm run defects` shows both libraries)', () => {
    const rows = folded(comparisons).filter(({ id }) => id.startsWith('B'));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 38 }, (_, index) => `B${index + 1}`));
    expect(comparisons.filter(({ holds }) => !holds[0]).map(({ id, says }) => `${id} ${says}`)).toEqual([]);
  });
});
