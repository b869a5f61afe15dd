import { type CompletedOperation, memoryStore, type SessionStore } from '../../src/server.js';
import { companion } from './support/companion.js';
import { testClock } from './support/test-clock.js';

const outcomes = (operations: CompletedOperation[]): string[] =>
  operations.splice(0).map(({ operation, outcome }) => `${operation}: ${outcome}`);

describe('a completed operation', () => {
  it('emits its outcome and its duration', async () => {
    const { tokens, operations } = companion({ claims: session => session.sub !== 'eve' && {} });
    const { refresh_token } = await tokens.issue({ sub: 'ada', scope: 'read' });
    for (const event of operations) expect(event.durationMs).toBeGreaterThanOrEqual(0);
    expect(outcomes(operations)).toEqual(['claims: ok', 'store.create: ok', 'issue: ok']);
    const next = await tokens.refresh({ refreshToken: refresh_token });
    expect(outcomes(operations)).toEqual(['store.find: ok', 'claims: ok', 'store.rotate: ok', 'refresh: ok']);
    await expectAsync(tokens.refresh({ refreshToken: next.refresh_token, scope: 'write' })).toBeRejected();
    expect(outcomes(operations)).toEqual(['store.find: ok', 'refresh: invalid_scope']);
    await expectAsync(tokens.refresh({ refreshToken: 'x' })).toBeRejected();
    expect(outcomes(operations)).toEqual(['refresh: invalid_grant']);
    await expectAsync(tokens.issue({ sub: 'eve' })).toBeRejected();
    expect(outcomes(operations)).toEqual(['claims: ok', 'store.revoke: ok', 'issue: invalid_grant']);
    await tokens.revoke({ refreshToken: next.refresh_token });
    expect(outcomes(operations)).toEqual(['store.find: ok', 'store.revoke: ok', 'revoke: ok']);
    await tokens.sessions('ada');
    await tokens.listSessions({ limit: 1 });
    await tokens.revokeAllForUser('ada');
    await tokens.revokeSession('x');
    await tokens.isRevoked({ sub: 'ada', sid: 'x' });
    await tokens.checkHealth();
    const calls = ['sessions', 'list', 'revokeAll', 'revoke', 'find', 'check'].map(name => `store.${name}: ok`);
    expect(outcomes(operations)).toEqual(calls);
    await expectAsync(tokens.issue({ sub: '' })).toBeRejected();
    expect(outcomes(operations)).toEqual(['issue: error']);
  });

  it('measures how long the store and the claims take', async () => {
    const slow = () => new Promise<void>(resolve => setTimeout(resolve, 30));
    const working = memoryStore({ clock: testClock() });
    const store: SessionStore = { ...working, create: session => slow().then(() => working.create(session)) };
    const { tokens, operations } = companion({ store, claims: () => slow().then(() => ({})) });
    await tokens.issue({ sub: 'ada' });
    const [claims, create, issue] = operations;
    expect(claims!.durationMs).toBeGreaterThan(25);
    expect(create!.durationMs).toBeGreaterThan(25);
    expect(issue!.durationMs).toBeGreaterThan(55);
  });

  it('emits the failure of the store and of the claims', async () => {
    const failing = () => Promise.reject(new Error('down'));
    const { tokens, operations } = companion({ store: { ...memoryStore(), create: failing, check: failing } });
    await expectAsync(tokens.issue({ sub: 'ada' })).toBeRejected();
    expect(outcomes(operations)).toEqual(['store.create: error', 'issue: temporarily_unavailable']);
    await expectAsync(tokens.checkHealth()).toBeRejectedWith(jasmine.objectContaining({ status: 503 }));
    expect(outcomes(operations)).toEqual(['store.check: error']);
    const other = companion({ claims: failing });
    await expectAsync(other.tokens.issue({ sub: 'ada' })).toBeRejected();
    expect(outcomes(other.operations)).toEqual(['claims: error', 'issue: temporarily_unavailable']);
  });
});
