import fc from 'fast-check';
import { decodeJwt } from 'jose';
import {
  type AdditionalClaims,
  memoryStore,
  OAuthError,
  type SessionStore,
  type TokenIssuerOptions,
} from '../../src/server.js';
import { audience, companion, day, secret } from './support/companion.js';
import { testClock } from './support/test-clock.js';

/** The code of the rejection, or `granted`. */
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'granted',
    (error: unknown) => (error instanceof OAuthError ? error.code : `not an OAuthError: ${error}`),
  );

describe('a token issuer', () => {
  it('issues an access token with subject, audience, issuer and expiry', async () => {
    const { tokens, clock } = companion();
    const { access_token, expires_in } = await tokens.issue({ sub: 'ada', clientId: 'app', scope: 'read', acr: 'mfa' });
    const now = clock() / 1000;
    expect(decodeJwt(access_token)).toEqual({
      iss: 'https://login.example.com',
      aud: audience,
      sub: 'ada',
      client_id: 'app',
      scope: 'read',
      sid: jasmine.any(String) as unknown as string,
      jti: jasmine.any(String) as unknown as string,
      auth_time: now,
      acr: 'mfa',
      iat: now,
      exp: now + expires_in,
    });
  });

  it('issues an access token that is valid for expires_in, in any part of a second', async () => {
    const clock = testClock(Date.UTC(2030, 0, 1) + 900);
    const { tokens } = companion({}, clock);
    const { access_token, expires_in } = await tokens.issue({ sub: 'ada' });
    clock.advance(expires_in - 0.001);
    expect(await tokens.verify(access_token)).toEqual(jasmine.objectContaining({ sub: 'ada' }));
  });

  it('rejects a login without a subject', async () => {
    const { tokens } = companion();
    for (const sub of ['', undefined, null, 7]) {
      await expectAsync(tokens.issue({ sub: sub as string })).toBeRejectedWithError(TypeError, /sub/);
    }
  });

  it('does not let additional claims replace registered claims', async () => {
    const { tokens } = companion({ claims: () => ({ sub: 'root', aud: 'elsewhere', exp: 9e9, role: 'admin' }) });
    const { access_token } = await tokens.issue({ sub: 'ada' });
    expect(await tokens.verify(access_token)).toEqual(
      jasmine.objectContaining({ sub: 'ada', aud: audience, role: 'admin' }),
    );
  });

  it('[S-08] accepts no access token as a refresh token, and no refresh token as an access token', async () => {
    const { tokens } = companion();
    const { access_token, refresh_token } = await tokens.issue({ sub: 'ada' });
    expect(await outcome(tokens.refresh({ refreshToken: access_token }))).toBe('invalid_grant');
    expect(await outcome(tokens.verify(refresh_token))).toBe('invalid_token');
  });

  it('[S-05] issues refresh tokens of equal length', async () => {
    const { tokens } = companion();
    let { refresh_token } = await tokens.issue({ sub: 'ada' });
    const lengths = new Set([refresh_token.length]);
    for (let generation = 1; generation < 12; generation++) {
      ({ refresh_token } = await tokens.refresh({ refreshToken: refresh_token }));
      lengths.add(refresh_token.length);
    }
    expect(lengths.size).toBe(1);
  });

  it('[F101] rejects forged refresh tokens, and leaves their session unchanged', async () => {
    const { tokens, events } = companion();
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(refresh_token.length - 1),
        fc.string({ minLength: 1, maxLength: 3 }),
        async (at, text) => {
          const forged = refresh_token.slice(0, at) + text + refresh_token.slice(at + 1);
          if (forged === refresh_token) return;
          if ((await outcome(tokens.refresh({ refreshToken: forged }))) !== 'invalid_grant') throw new Error(forged);
        },
      ),
    );
    expect(
      events.slice(1).every(event => event.type === 'rejected' && event.reason === 'not_a_refresh_token'),
    ).toBeTrue();
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
  });

  it('[S-13] sends the same successor again within the grace period, with a new access token and the same expiry', async () => {
    const { tokens, clock } = companion();
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const first = await tokens.refresh({ refreshToken: refresh_token });
    const [before] = await tokens.sessions('ada');
    clock.advance(9);
    const again = await tokens.refresh({ refreshToken: refresh_token });
    const [after] = await tokens.sessions('ada');
    expect(again.refresh_token).toBe(first.refresh_token);
    expect(again.access_token).not.toBe(first.access_token);
    expect(after).toEqual(before!);
  });

  it('[S-16] ends an idle session, and an active session at its absolute expiry', async () => {
    const { tokens, clock } = companion();
    const idle = await tokens.issue({ sub: 'ada' });
    let { refresh_token } = await tokens.issue({ sub: 'ada' });
    const endsAt = clock() + 30 * day * 1000;
    while (clock() + 6 * day * 1000 < endsAt) {
      clock.advance(6 * day);
      ({ refresh_token } = await tokens.refresh({ refreshToken: refresh_token }));
    }
    clock.advance((endsAt - clock()) / 1000 - 1);
    ({ refresh_token } = await tokens.refresh({ refreshToken: refresh_token }));
    clock.advance(1);
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
    expect(await outcome(tokens.refresh({ refreshToken: idle.refresh_token }))).toBe('invalid_grant');
  });

  it('[S-17] narrows the scope of one access token, keeps the session’s, and rejects more without using the token', async () => {
    const { tokens } = companion();
    const { refresh_token } = await tokens.issue({ sub: 'ada', scope: 'read write' });
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token, scope: 'read admin' }))).toBe('invalid_scope');
    const narrowed = await tokens.refresh({ refreshToken: refresh_token, scope: 'read' });
    expect(narrowed.scope).toBe('read');
    expect(decodeJwt(narrowed.access_token)['scope']).toBe('read');
    const full = await tokens.refresh({ refreshToken: narrowed.refresh_token });
    expect(full.scope).toBe('read write');
  });

  it('[S-18] rejects a refresh token from another client, without using it', async () => {
    const { tokens } = companion();
    const { refresh_token } = await tokens.issue({ sub: 'ada', clientId: 'app' });
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token, clientId: 'other' }))).toBe('invalid_grant');
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token, clientId: 'app' }))).toBe('granted');
  });

  it('[S-19] calls claims at each refresh, and ends the session when the account is rejected', async () => {
    let enabled = true;
    const { tokens, events } = companion({ claims: () => enabled && {} });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    enabled = false;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
    enabled = true;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
    expect(events).toContain(jasmine.objectContaining({ type: 'revoked', reason: 'account_rejected' }));
    expect(await tokens.sessions('ada')).toEqual([]);
  });

  it('[S-20] ends all sessions of a user except one', async () => {
    const { tokens } = companion();
    const here = await tokens.issue({ sub: 'ada' });
    const there = await tokens.issue({ sub: 'ada' });
    const other = await tokens.issue({ sub: 'bob' });
    const ended = await tokens.revokeAllForUser('ada', { except: String(decodeJwt(here.access_token)['sid']) });
    expect(ended).toBe(1);
    expect(await outcome(tokens.refresh({ refreshToken: here.refresh_token }))).toBe('granted');
    expect(await outcome(tokens.refresh({ refreshToken: there.refresh_token }))).toBe('invalid_grant');
    expect(await outcome(tokens.refresh({ refreshToken: other.refresh_token }))).toBe('granted');
  });

  it('keeps the excepted session after a change of password, at its next refresh too', async () => {
    const account = { disabled: false, roles: ['admin'] };
    const { tokens } = companion({ claims: () => !account.disabled && { roles: account.roles } });
    const here = await tokens.issue({ sub: 'ada' });
    const there = await tokens.issue({ sub: 'ada' });
    const { sid } = await tokens.verify(here.access_token);
    await tokens.revokeAllForUser('ada', sid === undefined ? {} : { except: sid });
    expect(await outcome(tokens.refresh({ refreshToken: there.refresh_token }))).toBe('invalid_grant');
    const next = await tokens.refresh({ refreshToken: here.refresh_token });
    expect(await outcome(tokens.refresh({ refreshToken: next.refresh_token }))).toBe('granted');
    expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('granted');
  });

  it('[F107] lets a revocation win over a concurrent refresh', async () => {
    const { tokens } = companion({
      claims: async session => {
        if (session.lastRefreshedAt !== session.createdAt || refreshing) await tokens.revokeAllForUser('ada');
        return {};
      },
    });
    let refreshing = false;
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    refreshing = true;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
  });

  it('revokes by a refresh token of any generation, and ignores unknown tokens', async () => {
    const { tokens } = companion();
    const { access_token, refresh_token } = await tokens.issue({ sub: 'ada' });
    const next = await tokens.refresh({ refreshToken: refresh_token });
    expect(await tokens.isRevoked(await tokens.verify(access_token))).toBeFalse();
    await tokens.revoke({ refreshToken: refresh_token });
    await tokens.revoke({ refreshToken: refresh_token });
    await tokens.revoke({ refreshToken: 'garbage' });
    expect(await outcome(tokens.refresh({ refreshToken: next.refresh_token }))).toBe('invalid_grant');
    expect(await tokens.isRevoked(await tokens.verify(access_token))).toBeTrue();
  });

  it('[S-22] lists sessions oldest first, and ends the oldest when there are too many', async () => {
    const { tokens, clock, events } = companion({ maxSessionsPerUser: 2 });
    for (const device of ['phone', 'tablet', 'laptop']) {
      await tokens.issue({ sub: 'ada', meta: { device } });
      clock.advance(1);
    }
    const sessions = await tokens.sessions('ada');
    expect(sessions.map(({ meta }) => meta['device'])).toEqual(['tablet', 'laptop']);
    expect(events.filter(({ type }) => type === 'revoked').length).toBe(1);
    expect(await tokens.revokeSession(sessions[0]!.id)).toBeTrue();
    expect(await tokens.revokeSession(sessions[0]!.id)).toBeFalse();
    expect((await tokens.sessions('ada')).length).toBe(1);
  });

  it('recognises tokens of the previous secret while it is listed', async () => {
    const clock = testClock();
    const store = memoryStore({ clock });
    const newer = 'another secret for tests, long enough too';
    const issuers = (options: Partial<TokenIssuerOptions>) => companion({ store, ...options }, clock).tokens;
    const old = await issuers({ secret }).issue({ sub: 'ada' });
    const both = issuers({ secret: [newer, secret] });
    expect((await both.verify(old.access_token)).sub).toBe('ada');
    const next = await both.refresh({ refreshToken: old.refresh_token });
    const after = issuers({ secret: newer });
    expect(await outcome(after.verify(old.access_token))).toBe('invalid_token');
    expect((await after.verify(next.access_token)).sub).toBe('ada');
    expect(await outcome(after.refresh({ refreshToken: next.refresh_token }))).toBe('granted');
  });

  it('[F102] responds temporarily_unavailable when the store fails, and accepts the refresh token afterwards', async () => {
    const clock = testClock();
    const working = memoryStore({ clock });
    for (const operation of ['find', 'rotate'] as const) {
      let broken = false;
      const store: SessionStore = {
        ...working,
        [operation]: (...args: never[]) =>
          broken
            ? Promise.reject(new Error('connection lost'))
            : (working[operation] as (...a: never[]) => unknown)(...args),
      };
      const { tokens, events } = companion(
        { store, refreshToken: { idleLifetimeSeconds: day, absoluteLifetimeSeconds: day, graceSeconds: 0 } },
        clock,
      );
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      broken = true;
      expect(await outcome(tokens.refresh({ refreshToken: refresh_token })))
        .withContext(operation)
        .toBe('temporarily_unavailable');
      expect(events.at(-1)?.type).toBe('store_error');
      broken = false;
      expect(await outcome(tokens.refresh({ refreshToken: refresh_token })))
        .withContext(operation)
        .toBe('granted');
    }
  });

  for (const nothing of [undefined, null]) {
    it(`responds temporarily_unavailable when an operation of the store returns ${nothing} where it must not`, async () => {
      const methods = ['create', 'rotate', 'sessions', 'revokeAll', 'list'] as const;
      const broken = Object.fromEntries(
        methods.map(method => [method, async () => nothing]),
      ) as unknown as SessionStore;
      const { tokens, store } = companion();
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      const { tokens: failing, events } = companion({ store: { ...store, ...broken } });
      const requests: (() => Promise<unknown>)[] = [
        () => failing.issue({ sub: 'ada' }),
        () => failing.refresh({ refreshToken: refresh_token }),
        () => failing.sessions('ada'),
        () => failing.revokeAllForUser('ada'),
        () => failing.listSessions({ limit: 1 }),
      ];
      for (const send of requests) {
        await expectAsync(send()).toBeRejectedWith(jasmine.objectContaining({ code: 'temporarily_unavailable' }));
      }
      expect(events.map(({ type }) => type)).toEqual(requests.map(() => 'store_error'));
      expect((await tokens.refresh({ refreshToken: refresh_token })).access_token).toEqual(jasmine.any(String));
    });
  }

  it('takes null for a session that the store does not find', async () => {
    const { tokens, store } = companion();
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const without = { ...store, find: async () => null, revoke: async () => null } as unknown as SessionStore;
    const { tokens: empty } = companion({ store: without });
    await expectAsync(empty.refresh({ refreshToken: refresh_token })).toBeRejectedWith(
      jasmine.objectContaining({ code: 'invalid_grant' }),
    );
    await expectAsync(empty.revoke({ refreshToken: refresh_token })).toBeResolved();
    expect(await empty.revokeSession('x')).toBeFalse();
  });

  it('[F97] sends the same successor to a client whose response was lost after the rotation', async () => {
    const clock = testClock();
    const working = memoryStore({ clock });
    let crash = false;
    const store: SessionStore = {
      ...working,
      async rotate(id, presented) {
        const result = await working.rotate(id, presented);
        if (crash) throw new Error('the process died after the store had written');
        return result;
      },
    };
    const { tokens } = companion({ store }, clock);
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    crash = true;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('temporarily_unavailable');
    crash = false;
    const next = await tokens.refresh({ refreshToken: refresh_token });
    expect(await outcome(tokens.refresh({ refreshToken: next.refresh_token }))).toBe('granted');
  });

  it('[S8] issues no token when claims returns an object that is not a set of claims', async () => {
    let returned: unknown = {};
    const { tokens } = companion({ claims: () => returned as AdditionalClaims });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const others = [
      new Error('disabled'),
      new Map([['disabled', true]]),
      new Date(),
      new Set(),
      /x/,
      [],
      () => ({}),
      new Response(),
    ];
    for (returned of others) {
      await expectAsync(tokens.refresh({ refreshToken: refresh_token }))
        .withContext(String(returned))
        .toBeRejectedWith(jasmine.objectContaining({ code: 'temporarily_unavailable' }));
    }
    class Account {
      roles = ['admin'];
    }
    for (returned of [new Account(), Object.create(null)]) await tokens.refresh({ refreshToken: refresh_token });
  });

  it('keeps the session when the application’s claims fail', async () => {
    let failing = false;
    const { tokens, events } = companion({
      claims: () => {
        if (failing) throw new Error('no database');
        return {};
      },
    });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    failing = true;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('temporarily_unavailable');
    expect(events.at(-1)?.type).toBe('claims_error');
    failing = false;
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
  });

  it('ends no other session for a rejected login', async () => {
    let account = (): false | Record<string, unknown> => ({});
    const { tokens, events } = companion({ maxSessionsPerUser: 1, claims: () => account() });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    account = () => {
      throw new Error('no database');
    };
    expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('temporarily_unavailable');
    account = () => false;
    expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('invalid_grant');
    account = () => ({ noJson: BigInt(1) });
    expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('temporarily_unavailable');
    expect(events.map(({ type }) => type)).toEqual(['issued', 'claims_error', 'rejected', 'claims_error']);
    account = () => ({});
    expect((await tokens.sessions('ada')).length).toBe(1);
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
  });

  it('[S-37] continues when its listener fails, and passes it no token', async () => {
    const warnings = spyOn(process, 'emitWarning');
    const told: string[] = [];
    for (const fail of [
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('now');
      },
    ]) {
      const { tokens } = companion({
        onEvent: event => {
          told.push(JSON.stringify(event));
          return fail();
        },
      });
      const first = await tokens.issue({ sub: 'ada' });
      const second = await tokens.refresh({ refreshToken: first.refresh_token });
      for (const token of [first.access_token, first.refresh_token, second.access_token, second.refresh_token]) {
        expect(told.join()).not.toContain(token);
      }
    }
    await new Promise(setImmediate);
    expect(warnings).toHaveBeenCalledTimes(told.length);
  });
});
