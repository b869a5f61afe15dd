import { httpDate } from '../../src/session/http-date.js';

describe('an HTTP date', () => {
  it('is parsed equally in all three formats', () => {
    const instant = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect(httpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(instant);
    expect(httpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(instant);
    expect(httpDate('Sun Nov  6 08:49:37 1994')).toBe(instant);
  });

  it('is undefined for numbers and words that a lenient parser would accept', () => {
    for (const text of ['', '5', '-5', 'May 5', 'Sunday', 'Sun, 99 Nov 1994 08:49:37 GMT']) {
      expect(httpDate(text)).withContext(text).toBeUndefined();
    }
  });
});
