import { httpDate } from '../../src/session/http-date.js';

const zone = process.env['TZ'];

describe('an HTTP date', () => {
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  for (const timeZone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland']) {
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      it(`[F42] of the form ${text} is the same instant on a machine in ${timeZone}`, () => {
        process.env['TZ'] = timeZone;
        expect(httpDate(text)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
      });
    }
  }

  it('is undefined for invalid dates', () => {
    for (const text of ['', '5', '-5', 'May 5', 'Sunday', '2026-01-01T00:00:00', 'Sun, 99 Nov 1994 08:49:37 GMT']) {
      expect(httpDate(text)).withContext(text).toBeUndefined();
    }
  });
});
