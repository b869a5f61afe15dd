import { Bearer, browserPorts, isLoggedIn, protectedUrls, Session } from 'aurelia-auth-refresh/core';

export const session = new Session({ refresh: { url: '/auth/token' } }, browserPorts({ storageKey: 'shop' }));

const bearer = new Bearer(session, {
  protects: protectedUrls(['/api'], document.baseURI),
  fetch: request => fetch(request),
});

/** Like `fetch`, and requests to /api carry the token. */
export function authorizedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  return bearer.fetch(input, init);
}

/** @throws the Response, where the server refused */
export async function signIn(email: string, password: string): Promise<void> {
  const logIn = session.beginLogIn();
  const response = await fetch('/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw response;
  logIn(await response.json());
}

export function signOut(): void {
  session.logOut();
}

/** Tells a view whether somebody is signed in: now, and whenever that changes. Returns how to stop. */
export function whenSignedIn(show: (isSignedIn: boolean) => void): () => void {
  show(isLoggedIn(session.state));
  return session.subscribe(({ state, previous }) => {
    if (isLoggedIn(state) !== isLoggedIn(previous)) show(isLoggedIn(state));
  });
}
