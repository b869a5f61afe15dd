import fc from 'fast-check';
import { classifyRefreshResponse } from '../../src/core.js';
import { refreshResponse } from '../../src/session/refresh-response.js';
import { responses } from './refresh-responses/responses.js';

function received(status: number, body: string, headers: Record<string, string> = {}) {
  const hasNoBody = [204, 205, 304].includes(status);
  return refreshResponse(new Response(hasNoBody ? null : body, { status, headers: new Headers(headers) }), body);
}

describe('the classification of refresh responses', () => {
  for (const { cause, status, contentType, headers, body = '', expected } of responses) {
    it(`[C-35] is ${expected} for ${status}, ${cause}`, () => {
      const response = refreshResponse(
        new Response(body === '' ? null : new Blob([body]), {
          status,
          headers: { ...headers, ...(contentType !== undefined && { 'Content-Type': contentType }) },
        }),
        body,
      );
      expect(classifyRefreshResponse(response)).toBe(expected);
    });
  }

  it('[C-35] follows its rules for every status, body and header', () => {
    const statuses = fc.constantFrom(...Array.from({ length: 400 }, (_, index) => index + 200));
    const bodies = fc.constantFrom(
      '',
      '{}',
      'null',
      'no',
      '<html>page</html>',
      ...['invalid_grant', 'invalid_request', 'invalid_client', 'server_error', 'other'].map(error =>
        JSON.stringify({ error }),
      ),
    );
    const headers = fc.constantFrom({}, { 'Retry-After': '5' });
    fc.assert(
      fc.property(statuses, bodies, headers, (status, body, header) => {
        const verdict = classifyRefreshResponse(received(status, body, { 'Content-Type': 'text/plain', ...header }));
        const isGrantError = body.includes('invalid_grant');
        const isRetryable =
          'Retry-After' in header ||
          status >= 500 ||
          [408, 425, 429].includes(status) ||
          body.startsWith('<') ||
          body.includes('invalid_client') ||
          body.includes('server_error');
        if (isGrantError) expect(verdict).toBe('refused');
        else if (isRetryable) expect(verdict).toBe('retryable');
        else if (status === 401) expect(verdict).toBe('refused');
        else if (status >= 400) expect(verdict).toBe('unclear');
        else expect(verdict).not.toBe('refused');
      }),
      { numRuns: 5000 },
    );
  });
});
