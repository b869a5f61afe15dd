import type { Session } from '../core.js';

/** The part of `FakeTokenServer` of `./testing` that `<auth-devtools>` uses. */
export interface DevtoolsServer {
  /** Rejects all access tokens with 401. */
  expireAccess(): void;
  /** Rejects all requests with a network error. */
  goOffline(): void;
  /** Ends {@link DevtoolsServer.goOffline}. */
  goOnline(): void;
}

/** Refreshes now. Returns the outcome in words. */
export async function refresh(session: Session): Promise<string> {
  await session.updateToken();
  return 'Refreshed early.';
}

/** Makes the access token useless, at the fake server or in the session. Returns the outcome in words. */
export async function expire(session: Session, server: DevtoolsServer | undefined): Promise<string> {
  if (server) {
    server.expireAccess();
    return 'The server rejects the access token. The next request receives a 401, and is replayed after a refresh.';
  }
  const { state } = session;
  const rejected = 'tokens' in state ? state.tokens.accessToken : undefined;
  await session.getFreshToken({ rejected });
  return 'The session dropped the access token, as after a 401, and was refreshed.';
}

/** Ends the session. Returns the outcome in words. */
export async function signOut(session: Session): Promise<string> {
  session.logOut();
  return '';
}

/** Copies the report. Without access to the clipboard, selects its text. Returns the outcome in words. */
export async function copyReport(report: string, select: () => void): Promise<string> {
  try {
    await navigator.clipboard.writeText(report);
    return 'The report is in the clipboard. It contains no tokens.';
  } catch {
    select();
    return 'The browser denies access to the clipboard. The report is selected: copy it with the keyboard.';
  }
}
