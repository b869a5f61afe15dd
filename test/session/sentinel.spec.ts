import { AuthError, Bearer, protectedUrls, type SessionChange } from '../../src/core.js';
import type { ScriptedFailure } from '../../src/testing.js';
import { house } from './support.js';

const sentinel = 'sentinel-7f3a';
const api = 'https://api.example';

/** All content of an error or a report that can be shown or logged. */
function allOf(value: unknown, depth = 0): string {
  if (depth > 5) return '';
  if (value instanceof Error) {
    const { message, stack = '', cause } = value;
    return [message, stack, JSON.stringify(value), allOf(cause, depth + 1)].join('\n');
  }
  return `${String(value)} ${JSON.stringify(value) ?? ''}`;
}

/** A token response with recognisable tokens. */
function marked(body: Record<string, unknown>): Record<string, unknown> {
  const refreshToken = `${sentinel}-${body['refresh_token']}`;
  return {
    ...body,
    access_token: `${sentinel}-at-${refreshToken}`,
    id_token: `${sentinel}-it`,
    refresh_token: refreshToken,
  };
}

describe('tokens', () => {
  it('[C-07] are in no error, log, report, activity or URL after any failure', async () => {
    const said: string[] = [];
    const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
    for (const method of methods) {
      spyOn(console, method).and.callFake((...args: unknown[]) => said.push(args.map(arg => allOf(arg)).join(' ')));
    }
    const { server, open, clock } = house();
    const { session, faults, tab } = open({
      revocation: { url: '/auth/revoke' },
      onError: fault => said.push(allOf(fault)),
    });
    const bearer = new Bearer(session, {
      protects: protectedUrls([api], 'https://app.example/'),
      fetch: request => server.fetch(request),
    });
    bearer.subscribe(activity => said.push(allOf(activity)));
    const note = ({ event }: SessionChange) => {
      if (event.type === 'refresh-postponed') said.push(allOf(event.postponement.error), allOf(event.postponement));
      else if (event.type === 'refresh-failed') said.push(allOf(event.error), event.reason);
      else said.push(event.type);
    };
    session.subscribe(note);
    const logIn = () => session.logIn(marked(server.logIn()));
    const wrongs: ScriptedFailure[] = [
      { drop: 'before' },
      { status: 503, body: { error: 'server_error' } },
      { status: 400, body: { error: 'invalid_request', token: `${sentinel}-echo` } },
      { status: 200, body: `<html>${sentinel}-echo</html>` },
      { status: 200, body: `{"access_token":"${sentinel}-cut` },
      { status: 200, body: { access_token: { deep: `${sentinel}-deep` } } },
      { status: 200, body: { access_token: 'x', token_type: `${sentinel}-type` } },
      { status: 200, body: [`${sentinel}-list`] },
      { delayMs: 20_000 },
      { status: 400, body: { error: 'invalid_grant', error_description: `${sentinel}-said` } },
    ];
    for (const wrong of wrongs) {
      logIn();
      server.fail(wrong);
      const attempts = [session.updateToken(), bearer.fetch(`${api}/x`), session.getFreshToken({ rejected: 'x' })];
      const outcomes = Promise.allSettled(attempts);
      await clock.advance(12_000);
      for (const outcome of await outcomes) if (outcome.status === 'rejected') said.push(allOf(outcome.reason));
      said.push(allOf(session.diagnose()));
    }
    logIn();
    tab.store.write('}');
    const late = session.getFreshToken().catch(error => said.push(allOf(error)));
    session.logOut();
    await late;
    for (const body of [
      { token: [`${sentinel}-x`] },
      `${sentinel}-text`,
      { access_token: 'x', token_type: sentinel },
    ]) {
      try {
        session.logIn(body);
      } catch (error) {
        expect(error).toBeInstanceOf(AuthError);
        said.push(allOf(error));
      }
    }
    await clock.advance(60_000);
    session.dispose();
    said.push(...server.requests.map(({ url }) => url), ...faults.map(fault => allOf(fault)));
    expect(said.length).toBeGreaterThan(60);
    expect(said.filter(text => text.includes(sentinel))).toEqual([]);
    expect(server.refreshes.length).toBeGreaterThan(wrongs.length - 1);
  });

  it('[C-01] are sent to protected URLs only: every other request stays unchanged', async () => {
    const { server, open } = house();
    const { session } = open();
    session.logIn(marked(server.logIn()));
    const bearer = new Bearer(session, { protects: protectedUrls([api], api), fetch: server.fetch });
    const request = new Request('https://other.example/x', { headers: { Accept: 'text/x' } });
    const before = [...request.headers];
    expect(await bearer.authorize(request)).toBe(request);
    expect([...request.headers]).toEqual(before);
  });
});
