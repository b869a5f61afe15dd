import { type Comparison, compare } from './defects/compare.js';

describe('what aurelia-authentication 3.8.3 does not do', () => {
  let comparisons: Comparison[];

  beforeAll(async () => {
    comparisons = await compare('aurelia-auth-refresh');
  }, 240_000);

  it('is done here (`npm run defects` shows both)', () => {
    expect(comparisons.length).toBeGreaterThan(37);
    expect(comparisons.filter(({ holds }) => !holds[0]).map(({ id, says }) => `${id} ${says}`)).toEqual([]);
  });
});
