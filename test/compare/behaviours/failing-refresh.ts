import { responses } from '../../session/refresh-responses/responses.js';
import type { HostileServerOptions, ScriptedFailure } from '../../support/hostile-server.js';
import { pause } from '../../support/open-tab.js';
import type { Behaviour, Theme } from '../behaviour.js';
import { goesOn, type Stage } from '../stage.js';

const outageMs = 2000;

/** For two seconds, refreshes fail in a way that does not concern the session. */
function outage(title: string, fault: ScriptedFailure, server: HostileServerOptions = {}): Behaviour {
  return {
    title,
    right: 'is still signed in: the first request after it succeeds',
    server,
    try: async stage => {
      const tab = await stage.signedIn();
      stage.sleep();
      stage.breakRefresh(fault);
      const meanwhile = stage.send(tab);
      await pause(outageMs);
      stage.mendRefresh();
      await meanwhile;
      return goesOn(stage, tab);
    },
  };
}

/** Recorded responses to a refresh token of a session that has ended. */
const deadSessions = responses.filter(({ cause }) =>
  [
    'django-oauth-toolkit: revoked',
    'Doorkeeper: revoked',
    'better-auth: unknown refresh token',
    'oidc-provider: reused',
    'SimpleJWT: blacklisted',
    'league/oauth2-server 8: revoked [V1]',
  ].includes(cause),
);

/** Servers whose refusal leaves the user signed in. */
async function unheardRefusals(stage: Stage): Promise<string[]> {
  const tab = await stage.openTab();
  const unheard: string[] = [];
  for (const { cause, status, body, contentType, headers } of deadSessions) {
    stage.mendRefresh();
    await stage.logIn(tab);
    stage.sleep();
    stage.breakRefresh({ status, body, headers: { ...headers, ...(contentType && { 'Content-Type': contentType }) } });
    await stage.refresh(tab);
    if (await stage.isSignedIn(tab)) unheard.push(cause.replace(/:.*/, ''));
  }
  return unheard;
}

export const failingRefresh: Theme = {
  title: 'When a refresh goes wrong',
  behaviours: [
    outage('503 for two seconds', { status: 503, body: 'Service Unavailable' }),
    outage('A login page of the network’s: 200 with HTML', {
      status: 200,
      body: '<!doctype html><title>Welcome to our hotel</title>',
      headers: { 'Content-Type': 'text/html' },
    }),
    outage('200 with nothing', { status: 200 }),
    outage('200 with JSON that is cut off', {
      status: 200,
      body: '{"access_token":"eyJ',
      headers: { 'Content-Type': 'application/json' },
    }),
    outage('200 with JSON in which there is no token', { status: 200, body: { message: 'try again later' } }),
    outage('The connection breaks before the server has done anything', { drop: 'before' }),
    outage(
      'The response is lost after the server has rotated; its grace period is half a minute',
      { drop: 'after' },
      { graceSeconds: 30 },
    ),
    {
      title: '429 with Retry-After: 4',
      right: 'does not ask again within these four seconds, and is then still signed in',
      seconds: 8,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        stage.breakRefresh({ status: 429, headers: { 'Retry-After': '4' } });
        const meanwhile = [stage.send(tab)];
        await stage.refreshesCome(1);
        stage.mendRefresh();
        for (let request = 0; request < 6; request++) {
          meanwhile.push(stage.send(tab));
          await pause(500);
        }
        await Promise.all(meanwhile);
        const [first, second] = stage.server.tokens.refreshes;
        const waitedMs = (second?.at ?? Number.POSITIVE_INFINITY) - (first?.at ?? 0);
        if (waitedMs < 3900) return `retried after ${(waitedMs / 1000).toFixed(1)} s`;
        await pause(1500);
        return goesOn(stage, tab);
      },
    },
    {
      title: 'The server is replaced: nothing listens for 20 seconds, while the page sends a request a second',
      right: 'is still signed in: the first request after it succeeds',
      seconds: 30,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        const start = await stage.server.stop();
        const meanwhile: Promise<unknown>[] = [];
        for (let second = 0; second < 20; second++) {
          meanwhile.push(stage.send(tab));
          await pause(1000);
        }
        await start();
        const outcome = await goesOn(stage, tab);
        await Promise.all(meanwhile);
        return outcome;
      },
    },
    {
      title: 'A page is opened an hour later, while the refresh endpoint responds with 503 for two seconds',
      right: 'is still signed in: the first request after it succeeds',
      try: async stage => {
        await stage.closeTab(await stage.signedIn());
        stage.sleep();
        stage.breakRefresh({ status: 503 });
        const tab = await stage.openTab();
        await pause(outageMs);
        stage.mendRefresh();
        return goesOn(stage, tab);
      },
    },
    {
      title: 'No network for two seconds',
      right: 'is still signed in: the first request after it succeeds',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        const goOnline = await stage.goOffline();
        const meanwhile = stage.send(tab);
        await pause(outageMs);
        await goOnline();
        await meanwhile;
        return goesOn(stage, tab);
      },
    },
    {
      title: 'A refresh without a response; the server has a grace period',
      server: { graceSeconds: 120 },
      right: 'the request that needs it succeeds or fails within 45 seconds, and succeeds when refreshes do again',
      seconds: 60,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        stage.breakRefresh({ delayMs: Number.POSITIVE_INFINITY });
        const response = await stage.send(tab);
        stage.mendRefresh();
        return response === 'no response' ? response : goesOn(stage, tab);
      },
    },
    {
      title: 'Refreshes fail for three seconds, while the page sends ten requests a second',
      right: 'no more than five refreshes are tried, and it is signed in when they succeed again',
      seconds: 8,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        stage.breakRefresh({ status: 503 });
        const meanwhile: Promise<unknown>[] = [];
        for (let request = 0; request < 30; request++) {
          meanwhile.push(stage.send(tab));
          await pause(100);
        }
        const tried = stage.refreshes;
        stage.mendRefresh();
        await Promise.all(meanwhile);
        return tried <= 5 ? goesOn(stage, tab) : `${tried} refreshes`;
      },
    },
    {
      title: 'The refresh token is refused: invalid_grant',
      right: 'the user is signed out, requests carry no token, and the application can read why',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        stage.breakRefresh({ status: 400, body: { error: 'invalid_grant' } });
        await stage.refresh(tab);
        if (await stage.isSignedIn(tab)) return 'still signed in';
        if (await stage.carriesToken(tab)) return 'signed out, but its requests carry a token';
        const told = await tab.evaluate(() => peer.failures.some(failure => failure.includes('invalid_grant')));
        return told ? undefined : 'signed out, but the application is not told why';
      },
    },
    {
      title: 'The session has ended at the server, told as six servers tell it',
      right: 'the user is signed out, each time',
      try: async stage => {
        const unheard = await unheardRefusals(stage);
        return unheard.length === 0 ? undefined : `still signed in at ${unheard.join(', ')}`;
      },
    },
  ],
};
