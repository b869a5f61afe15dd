import { tokenPath } from '../../peers/clients/client.js';
import type { Behaviour, Theme } from '../behaviour.js';
import { sendsNothing } from '../reasons.js';
import type { Stage } from '../stage.js';

const token = /rt-\d|eyJ/;

/** A request of the application to another origin carries no token. */
function foreign(title: string, address: (stage: Stage) => string): Behaviour {
  return {
    title,
    right: 'carries no token',
    notFor: { oidcClientTs: sendsNothing },
    try: async stage => {
      const tab = await stage.signedIn();
      await stage.send(tab, address(stage));
      const leaked = elsewhere(stage).some(({ headers }) => headers.authorization !== undefined);
      return leaked ? 'the access token was sent' : undefined;
    },
  };
}

function elsewhere({ server }: Stage) {
  return server.received.filter(({ origin }) => origin !== server.origin);
}

/** Runs through a whole session, including failed refreshes. */
async function wholeLife(stage: Stage): Promise<void> {
  const tab = await stage.signedIn();
  await stage.send(tab);
  stage.sleep();
  await stage.send(tab);
  for (const fault of [{ status: 503 }, { status: 200, body: '<!doctype html>' }, { drop: 'before' }] as const) {
    stage.breakRefresh(fault);
    await stage.refresh(tab);
  }
  stage.mendRefresh();
  await stage.refresh(tab);
  await stage.send(tab);
  stage.breakRefresh({ status: 400, body: { error: 'invalid_grant' } });
  await stage.refresh(tab);
  await stage.logOut(tab);
}

export const whereTokensGo: Theme = {
  title: 'Where tokens go',
  behaviours: [
    foreign('A request to another origin', ({ server }) => `${server.elsewhere}/api/things`),
    foreign('A request to an origin that begins like the page’s', ({ server }) => {
      const { hostname, port } = new URL(server.origin);
      return `http://${hostname}.evil.localhost:${port}/api/things`;
    }),
    {
      title: 'A request that the server redirects to another origin',
      right: 'arrives there without the token',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.send(tab, `/api/redirect?to=${stage.server.elsewhere}/api/things`);
        const leaked = elsewhere(stage).some(({ headers }) => headers.authorization !== undefined);
        return leaked ? 'the access token was sent' : undefined;
      },
    },
    {
      title: 'A refresh that the server redirects to another origin (307)',
      right: 'the refresh token does not arrive there',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.breakRefresh({ status: 307, headers: { Location: `${stage.server.elsewhere}/stolen` } });
        await stage.refresh(tab);
        const leaked = elsewhere(stage).some(({ body }) => token.test(body.toString()));
        return leaked ? 'the refresh token was sent' : undefined;
      },
    },
    {
      title: 'A session from sign-in to its end, refreshes that fail among it: addresses, console and errors',
      right: 'no token is in any of them',
      seconds: 15,
      try: async stage => {
        await wholeLife(stage);
        const { received, pages } = stage.server;
        // OpenID Connect sends the id token to the provider with a sign-out.
        const addresses = [...received, ...pages].filter(({ path }) => !path.startsWith('/end-session'));
        if (addresses.some(({ path, headers }) => token.test(path + headers.referer))) return 'in an address';
        const printed = await Promise.all(stage.tabs.map(tab => tab.evaluate(() => peer.printed)));
        if (printed.flat().some(text => token.test(text))) return 'in the console';
        const failures = await Promise.all(stage.tabs.map(tab => tab.evaluate(() => peer.failures)));
        return failures.flat().some(text => token.test(text)) ? 'in an error' : undefined;
      },
    },
    {
      title: 'The same session: who gets the refresh token',
      right: 'the token endpoint alone',
      seconds: 15,
      try: async stage => {
        await wholeLife(stage);
        const others = stage.server.received.filter(({ path }) => path !== tokenPath);
        const leaked = others.some(({ headers, body }) => /rt-\d/.test(JSON.stringify(headers) + body));
        return leaked ? 'the API got it too' : undefined;
      },
    },
  ],
};
