import { type RefreshGrantOptions, type TokenResponseReader, tokenResponse } from '../../src/core.js';
import { refreshGrantRenewal } from '../../src/session/refresh-grant.js';
import { tokenSet } from '../../src/session/token-set.js';
import { house } from './support.js';

function renewal(options: Partial<RefreshGrantOptions> = {}, read: TokenResponseReader = tokenResponse) {
  const { clock, server, browser } = house();
  const { fetch, after } = browser.openTab().ports;
  const sent: RequestInit[] = [];
  const ports = {
    fetch: (url: string, init: RequestInit) => {
      sent.push(init);
      return fetch(url, init);
    },
    after,
    clock,
  };
  const tokens = tokenSet(tokenResponse(server.logIn()), { receivedAt: clock.now() });
  return { server, tokens, sent, renewal: refreshGrantRenewal({ url: '/auth/login', ...options }, read, ports) };
}

describe('the refresh token grant', () => {
  it('ends at once when it was aborted before', async () => {
    const { renewal: by, tokens } = renewal();
    expect((await by.renew(tokens, AbortSignal.abort())).kind).toBe('retryable');
  });

  it('says that the endpoint is unreachable, with the cause', async () => {
    const { renewal: by, tokens, server } = renewal();
    server.failAlways({ drop: 'before' });
    const outcome = await by.renew(tokens, new AbortController().signal);
    expect(outcome).toEqual(jasmine.objectContaining({ kind: 'retryable' }));
    const { error } = outcome as { error: Error };
    expect(error.message).toBe('The refresh endpoint is unreachable.');
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('sends the parameters of the caller, under the names that the server expects', async () => {
    const {
      renewal: by,
      tokens,
      server,
    } = renewal({
      headers: { Accept: 'application/vnd.own+json', 'Content-Type': 'application/json; charset=utf-8' },
      refreshTokenParameter: 'refreshToken',
      header: ({ accessToken }) => ['X-Token', accessToken],
      credentials: 'include',
    });
    expect((await by.renew(tokens, new AbortController().signal)).kind).toBe('refreshed');
    const [{ headers, body } = { headers: new Headers(), body: '' }] = server.refreshes;
    expect(headers.get('Accept')).toBe('application/vnd.own+json');
    expect(headers.get('X-Token')).toBe(tokens.accessToken);
    expect(JSON.parse(body)).toEqual({ grant_type: 'refresh_token', refreshToken: 'rt-0-0' });
  });

  it('[V6] omits a field that is undefined, and sends any other value', async () => {
    const parameters = { grant_type: undefined, remember: true, device: 7 };
    for (const headers of [{}, { 'Content-Type': 'application/x-www-form-urlencoded' }]) {
      const { renewal: by, tokens, server } = renewal({ method: 'PUT', parameters, headers });
      await by.renew(tokens, new AbortController().signal);
      const [{ method, body } = { method: '', body: '' }] = server.requests;
      expect(method).toBe('PUT');
      expect(body).toBe(
        'Content-Type' in headers
          ? 'remember=true&device=7&refresh_token=rt-0-0'
          : '{"remember":true,"device":7,"refresh_token":"rt-0-0"}',
      );
    }
  });

  it('[V6] sends the refresh token only in a header', async () => {
    const {
      renewal: by,
      tokens,
      server,
    } = renewal({
      parameters: { refresh_token: undefined },
      header: ({ refreshToken }) => ['Authorization', `Bearer ${refreshToken}`],
    });
    await by.renew(tokens, new AbortController().signal);
    const [{ headers, body } = { headers: new Headers(), body: '' }] = server.requests;
    expect(headers.get('Authorization')).toBe('Bearer rt-0-0');
    expect(body).toBe('{"grant_type":"refresh_token"}');
  });

  for (const [options, credentials] of [
    [{}, 'same-origin'],
    [{ credentials: 'omit' }, 'omit'],
    [{ refreshTokenIn: 'cookie' }, 'include'],
    [{ refreshTokenIn: 'cookie', credentials: 'same-origin' }, 'same-origin'],
  ] as const) {
    it(`sends cookies as "${credentials}" with ${JSON.stringify(options)}`, async () => {
      const { renewal: by, tokens, sent } = renewal(options);
      await by.renew(tokens, new AbortController().signal);
      expect(sent.map(init => [init.credentials, init.redirect, init.cache])).toEqual([
        [credentials, 'error', 'no-store'],
      ]);
    });
  }

  it('sends no content type if none is configured', async () => {
    const { renewal: by, tokens, server } = renewal({ headers: {} });
    await by.renew(tokens, new AbortController().signal);
    expect(server.refreshes[0]?.body).toContain('"grant_type":"refresh_token"');
  });

  it('sends no refresh token if there is none', async () => {
    const { renewal: by, tokens, server } = renewal();
    const outcome = await by.renew({ ...tokens, refreshToken: undefined }, new AbortController().signal);
    expect(outcome.kind).toBe('refused');
    expect(JSON.parse(server.refreshes[0]?.body ?? '')).toEqual({ grant_type: 'refresh_token' });
    expect(by.canRenew({ ...tokens, refreshToken: undefined })).toBeFalse();
  });

  for (const [failure, reported] of [
    [{ status: 400, body: { error: 'invalid_grant' } }, '"invalid_grant"'],
    [{ status: 429, body: { error: 'slow_down' } }, '"slow_down"'],
    [{ status: 503, body: {} }, 'status 503'],
  ] as const) {
    it(`reports the error code of a failure, or else its status: ${reported}`, async () => {
      const { renewal: by, tokens, server } = renewal();
      server.fail(failure);
      const outcome = await by.renew(tokens, new AbortController().signal);
      expect(outcome.kind !== 'refreshed' && outcome.error.message).toContain(reported);
    });
  }

  it('is retried when the application’s own function cannot read the response', async () => {
    const mistake = new Error('mistaken');
    const { renewal: by, tokens } = renewal({}, () => {
      throw mistake;
    });
    const outcome = await by.renew(tokens, new AbortController().signal);
    expect(outcome.kind).toBe('unclear');
    expect(outcome.kind === 'unclear' && outcome.error.cause).toBe(mistake);
  });
});
