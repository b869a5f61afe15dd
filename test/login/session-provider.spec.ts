import { AuthError, completeCallback, type Session, type SessionProvider } from 'aurelia-auth-refresh/core';

const session = {} as Session;

function provider(overrides: Partial<SessionProvider>): SessionProvider {
  const base = { isSignedOutCallback: () => false, isCallback: () => false, rejectedCallback: () => undefined };
  return { ...base, ...overrides } as SessionProvider;
}

describe('completeCallback()', () => {
  const rejection = new AuthError('login_failed', 'rejected', { returnTo: '/orders' });
  for (const [what, overrides, outcome] of [
    ['no callback', {}, { kind: 'none' }],
    [
      'a sign-in',
      { isCallback: () => true, completeSignIn: async () => ({ returnTo: '/orders' }) },
      { kind: 'signed-in', returnTo: '/orders' },
    ],
    [
      'a sign-in that fails',
      { isCallback: () => true, completeSignIn: () => Promise.reject(rejection) },
      { kind: 'failed', error: rejection, returnTo: '/orders' },
    ],
    [
      'a sign-out',
      { isSignedOutCallback: () => true, completeSignOut: () => ({ returnTo: '/bye' }) },
      { kind: 'signed-out', returnTo: '/bye' },
    ],
    ['a callback of no sign-in', { rejectedCallback: () => rejection }, { kind: 'rejected', error: rejection }],
  ] as readonly (readonly [string, Partial<SessionProvider>, object])[]) {
    it(`reports ${what}`, async () => {
      expect(await completeCallback(provider(overrides), session)).toEqual(outcome as never);
    });
  }
});
