import { classifyRefreshResponse } from '../../src/core.js';
import { refreshResponse } from '../../src/session/refresh-response.js';
import type { Secrets } from './page.js';
import { type Profile, untilExpired } from './profile.js';
import type { RunningServer } from './server-kind.js';

/** A response of the refresh endpoint, and what the client makes of it. */
export interface ObservedResponse {
  readonly cause: string;
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  readonly classification: string;
}

const shownHeaders = ['content-type', 'www-authenticate', 'retry-after'];

/** Presents refresh tokens of every kind to a server, without a client in between. */
export async function observeResponses(
  server: RunningServer,
  openProfile: () => Promise<Profile>,
): Promise<ObservedResponse[]> {
  const { refreshUrl, refreshRequest } = server;
  const observed: ObservedResponse[] = [];
  const present = async (cause: string, token: string, bearer?: string): Promise<unknown> => {
    const init = refreshRequest(token);
    const headers = { ...init.headers, ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }) };
    const response = await fetch(refreshUrl, { ...init, headers });
    const text = await response.text();
    if (!response.ok) observed.push(described(cause, response, text));
    return response.ok ? JSON.parse(text) : undefined;
  };
  const secrets = await signedIn(openProfile);
  const { accessToken = '', refreshToken = '' } = secrets;
  const mend = await server.breakDatabase();
  await present('the database is down', refreshToken);
  await mend();
  await untilExpired(secrets);
  const withBearer = await present('the expired access token is sent along', refreshToken, accessToken);
  const refreshed = withBearer ?? (await present('the refresh token is valid', refreshToken));
  // Some servers accept the old refresh token until the new access token has been used.
  await fetch(new URL(server.ordersUrl, refreshUrl), {
    headers: { Authorization: `Bearer ${accessTokenOf(refreshed)}` },
  });
  await present('the refresh token was used before', refreshToken);
  await present('the refresh token is unknown', 'unknown');
  const { refreshToken: revoked = '' } = await signedIn(openProfile);
  await server.revokeRefreshTokens();
  await present('the refresh token was revoked', revoked);
  return observed;
}

/** Tokens of a new session whose page is gone. */
async function signedIn(openProfile: () => Promise<Profile>): Promise<Secrets> {
  const profile = await openProfile();
  const secrets = await profile.secrets(await profile.signIn());
  await profile.close();
  return secrets;
}

function described(cause: string, response: Response, body: string): ObservedResponse {
  const { status, headers } = response;
  const classification = classifyRefreshResponse(refreshResponse(response, body));
  const shown = shownHeaders.flatMap(name => {
    const value = headers.get(name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  return { cause, status, headers: shown.join('; '), body, classification };
}

function accessTokenOf(body: unknown): string {
  const [name = ''] = Object.keys(Object(body)).filter(each => /^access(?:_?token)?$/i.test(each));
  return String(Object(body)[name]);
}
