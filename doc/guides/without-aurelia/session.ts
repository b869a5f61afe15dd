import { Bearer, browserPorts, credentialsLogin, isLoggedIn, protectedUrls, Session } from 'aurelia-auth-refresh/core';

const ports = browserPorts({ storageKey: 'shop' });

export const session = new Session({ refresh: { url: '/auth/login' } }, ports);

const bearer = new Bearer(session, {
  protects: protectedUrls(['/api'], document.baseURI),
  fetch: request => fetch(request),
});

/** Like `fetch`. Requests to /api carry the token. */
export const authorizedFetch = bearer.fetch;

/** @throws {AuthError} `login_failed` if the server rejected the credentials or could not be reached */
export async function signIn(email: string, password: string): Promise<void> {
  await credentialsLogin(session, { email, password }, { url: '/auth/login' }, ports);
}

export function signOut(): void {
  session.logOut();
}

/** Calls `show` now and after every change. Returns a function that unsubscribes. */
export function whenSignedIn(show: (isSignedIn: boolean) => void): () => void {
  show(isLoggedIn(session.state));
  return session.subscribe(({ state, previous }) => {
    if (isLoggedIn(state) !== isLoggedIn(previous)) show(isLoggedIn(state));
  });
}
