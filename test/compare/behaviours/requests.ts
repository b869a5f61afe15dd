import { withIdToken } from '../../peers/peer-server.js';
import type { Received } from '../../support/hostile-server.js';
import type { Theme } from '../behaviour.js';
import { failuresAmong, type Outcome, settledInTime } from '../outcome.js';
import type { Tab } from '../profile.js';
import { sendsNothing, withoutDispose } from '../reasons.js';
import { comes, hourMs, type Stage, whileNothingHappens } from '../stage.js';

const notFor = { oidcClientTs: sendsNothing };

function sentTo(stage: Stage, path: string): Received[] {
  return stage.server.received.filter(request => request.path === path);
}

/** Whether a body arrived twice with equal content. The boundary of a form may differ. */
function cameTwice([first, second, ...more]: Received[]): string | undefined {
  if (!first || !second) return 'sent once';
  if (more.length > 0) return `sent ${more.length + 2} times`;
  const [one, another] = [first, second].map(content);
  return one === another ? undefined : 'the second body differs';
}

function content({ headers, body }: Received): string {
  const type = headers['content-type'] ?? '';
  const [, boundary] = /boundary=(.+)$/.exec(type) ?? [];
  const both = `${type}\n${body.toString('latin1')}`;
  return boundary === undefined ? both : both.replaceAll(boundary, 'boundary');
}

/** @see https://www.rfc-editor.org/rfc/rfc9470#section-3 */
const stepUpChallenge = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", acr_values="gold"' },
};

const fileBytes = [0, 255, 10, 13, 128];

/** A request of a page that has slept for some milliseconds. */
function sendForm(tab: Tab, sleptMs = 0): Promise<Outcome> {
  const response = tab.evaluate(
    ([bytes, sleptMs]) => {
      peer.sleep(sleptMs);
      const form = new FormData();
      form.set('name', 'ä');
      form.set('file', new Blob([new Uint8Array(bytes)]), 'bytes.bin');
      return peer.send('/api/form', { method: 'POST', body: form });
    },
    [fileBytes, sleptMs] as const,
  );
  return settledInTime(response);
}

/** All requests of a burst succeed with one refresh, and none carries an expired token. */
async function burst(stage: Stage, tab: Tab, count: number): Promise<string | undefined> {
  const failed = failuresAmong(await stage.sendMany(tab, count));
  if (failed) return failed;
  if (stage.refreshes !== 1) return `${stage.refreshes} refreshes`;
  return stage.expired > 0 ? `${stage.expired} requests with an expired token` : undefined;
}

export const requests: Theme = {
  title: 'Requests',
  behaviours: [
    {
      title: 'The client is set up as its documentation prints it',
      right: 'it is created without an error',
      try: async stage => {
        const tab = await stage.openTab();
        return tab.evaluate(() => peer.errorAsPrinted());
      },
    },
    {
      title: 'A request after sign-in, and one after a refresh that the application asked for',
      right: 'both succeed',
      try: async stage => {
        const tab = await stage.signedIn();
        const first = await stage.send(tab);
        if ((await stage.refresh(tab)) !== 'refreshed') return 'the refresh failed';
        return failuresAmong([first, await stage.send(tab)]);
      },
    },
    {
      title: 'The application asks for a refresh twice at once',
      right: 'both succeed, and the session goes on',
      try: async stage => {
        const tab = await stage.signedIn();
        const outcomes = await settledInTime(tab.evaluate(() => Promise.all([peer.refresh(), peer.refresh()])));
        if (outcomes === 'no response') return outcomes;
        return outcomes.includes('failed') ? 'one of them failed' : failuresAmong([await stage.send(tab)]);
      },
    },
    {
      title: 'The first request after a sleep of an hour',
      right: 'succeeds, and no expired token is sent',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        const failed = failuresAmong([await stage.send(tab)]);
        return stage.expired > 0 ? 'sent with an expired token' : failed;
      },
    },
    {
      title: '100 requests at once after a sleep of an hour',
      right: 'one refresh; all succeed, and no expired token is sent',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        return burst(stage, tab, 100);
      },
    },
    {
      title: '10 requests at once after a sleep of an hour; the server does not rotate refresh tokens',
      right: 'one refresh; all succeed, and no expired token is sent',
      server: { rotation: false },
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        return burst(stage, tab, 10);
      },
    },
    {
      title: '1,000 requests at once after a sleep of an hour',
      right: 'one refresh; all succeed, and no expired token is sent',
      alone: true,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        return burst(stage, tab, 1000);
      },
    },
    {
      title: '20 requests at once with a token that the server no longer takes',
      right: 'all succeed',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.tokens.expireAccess();
        return failuresAmong(await stage.sendMany(tab, 20));
      },
    },
    {
      title: 'A 401 that arrives when another request has brought the refresh about already',
      right: 'the request is replayed and succeeds, without a second refresh',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.tokens.expireAccess();
        const release = stage.server.hold('/api/late');
        const late = stage.send(tab, '/api/late');
        await comes(() => sentTo(stage, '/api/late').length === 1);
        const failed = failuresAmong([await stage.send(tab)]);
        release();
        if (failed) return failed;
        return failuresAmong([await late]) ?? (stage.refreshes === 1 ? undefined : `${stage.refreshes} refreshes`);
      },
    },
    {
      title: 'A POST of Ann’s receives a 401 after Bob has signed in',
      right: 'is not replayed as Bob',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn('ann');
        stage.server.tokens.expireAccess();
        const release = stage.server.hold('/api/order');
        const order = stage.send(tab, '/api/order', { method: 'POST', body: 'of Ann' });
        await comes(() => sentTo(stage, '/api/order').length === 1);
        await stage.logOut(tab);
        await stage.logIn(tab, 'bob');
        release();
        await order;
        return stage.subjects.includes('bob') ? 'replayed with Bob’s token' : undefined;
      },
    },
    {
      title: 'POST with JSON, after a 401 response',
      right: 'replayed whole after a refresh, and succeeds',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.tokens.expireAccess();
        const init = { method: 'POST', body: '{"amount":"3 €"}', headers: { 'Content-Type': 'application/json' } };
        const failed = failuresAmong([await stage.send(tab, '/api/json', init)]);
        return failed ?? cameTwice(sentTo(stage, '/api/json'));
      },
    },
    {
      title: 'POST with a form and a file in it, after a 401 response',
      right: 'replayed whole after a refresh, and succeeds',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.tokens.expireAccess();
        return failuresAmong([await sendForm(tab)]) ?? cameTwice(sentTo(stage, '/api/form'));
      },
    },
    {
      title: 'POST with a form and a file in it, that waits for a refresh after a sleep of an hour',
      right: 'sent once, whole, and succeeds',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.forward(hourMs);
        const failed = failuresAmong([await sendForm(tab, hourMs)]);
        const [first, ...others] = sentTo(stage, '/api/form');
        if (failed || others.length > 0) return failed ?? `sent ${others.length + 1} times`;
        return first?.body.includes(Buffer.from(fileBytes)) ? undefined : 'the file did not arrive';
      },
    },
    {
      title: 'A server that responds with 401 to every token',
      right: 'the page gets the 401; the request was sent no more than twice, and one refresh was tried',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        const { server } = stage;
        stage.breakRefresh({
          edit: body => withIdToken(server, { ...body, access_token: `${body['access_token']}-unknown` }),
        });
        server.tokens.expireAccess();
        const response = await stage.send(tab, '/api/never');
        if (response === 'no response') return `no response after ${stage.refreshes} refreshes`;
        if (response !== 401) return failuresAmong([response]);
        const sent = sentTo(stage, '/api/never').length;
        if (sent > 2) return `sent ${sent} times`;
        return stage.refreshes > 1 ? `${stage.refreshes} refreshes` : undefined;
      },
    },
    {
      title: 'A request that waits for a refresh is aborted',
      right: 'it fails at once, and is not sent',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.forward(hourMs);
        const release = stage.holdRefreshes();
        const sent = tab.evaluate(ms => {
          peer.sleep(ms);
          const controller = new AbortController();
          setTimeout(() => controller.abort(), 300);
          return peer.send('/api/aborted', { signal: controller.signal });
        }, hourMs);
        const settled = await settledInTime(sent, 5000);
        release();
        if (settled === 'no response') return 'waits on';
        return sentTo(stage, '/api/aborted').length > 0 ? 'sent' : undefined;
      },
    },
    {
      title: 'A 401 that demands a stronger authentication (RFC 9470)',
      right: 'no refresh is tried, the application gets the response or its demand, and other requests succeed',
      notFor,
      try: async stage => {
        const tab = await stage.signedIn();
        stage.server.responders.push(({ path }) => (path === '/api/transfer' ? stepUpChallenge : undefined));
        const response = await stage.send(tab, '/api/transfer');
        if (stage.refreshes > 0) return `${stage.refreshes} refreshes`;
        const told = await tab.evaluate(() => peer.failures.some(failure => failure.includes('gold')));
        if (response !== 401 && !told) return `the application gets: ${response}`;
        return failuresAmong([await stage.send(tab)]);
      },
    },
    {
      title: 'The session ends while a request waits for a token, and the user signs in again in the page',
      right:
        'the request succeeds, without the application sending it again (ours: with the option that parks requests)',
      try: async stage => {
        stage.addScript('globalThis.parksRequests = true;');
        const tab = await stage.signedIn();
        stage.sleep();
        stage.breakRefresh({ status: 400, body: { error: 'invalid_grant' } });
        const waiting = stage.send(tab, '/api/form', { method: 'POST', body: 'an hour of work' });
        await stage.refreshesCome(1);
        await comes(async () => !(await stage.isSignedIn(tab)), 5000);
        stage.mendRefresh();
        await stage.logIn(tab);
        return failuresAmong([await waiting]);
      },
    },
    {
      title: 'The application disposes of its client while a refresh is under way, and creates another one',
      right: 'a request of the new client succeeds, and no refresh token is used twice',
      notFor: withoutDispose,
      try: async stage => {
        const tab = await stage.signedIn();
        const release = stage.holdRefreshes();
        const refresh = stage.refresh(tab);
        await stage.refreshesCome(1);
        await tab.evaluate(() => peer.replace());
        stage.sleep();
        const response = stage.send(tab);
        await whileNothingHappens();
        release();
        await refresh;
        const failed = failuresAmong([await response]);
        return failed ?? (stage.server.tokens.reuseAlarms > 0 ? 'a refresh token was used twice' : undefined);
      },
    },
  ],
};
