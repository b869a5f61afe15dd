import type { Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import type { Tab } from '../profile.js';
import { withoutLocalSignOut } from '../reasons.js';
import { comes, type Stage, whileNothingHappens } from '../stage.js';

/** Signs out after the server has executed a refresh and before its response is sent. */
async function signOutDuringRefresh(stage: Stage): Promise<Tab> {
  const tab = await stage.signedIn();
  const release = stage.holdRefreshes();
  const refresh = stage.refresh(tab);
  await stage.refreshesCome(1);
  await stage.logOut(tab);
  release();
  await refresh;
  await whileNothingHappens();
  return tab;
}

async function isOver(stage: Stage, tab: Tab): Promise<string | undefined> {
  if (await stage.isSignedIn(tab)) return 'signed in again';
  return (await stage.carriesToken(tab)) ? 'signed out, but its requests carry a token' : undefined;
}

export const signingOut: Theme = {
  title: 'Signing out, and in again',
  behaviours: [
    {
      title: 'Sign-out while a refresh is under way',
      right: 'stays signed out when the response arrives; the next request carries no token',
      try: async stage => isOver(stage, await signOutDuringRefresh(stage)),
    },
    {
      title: 'The same, and the page is reloaded',
      right: 'is still signed out',
      try: async stage => {
        const tab = await signOutDuringRefresh(stage);
        await stage.reload(tab);
        return isOver(stage, tab);
      },
    },
    {
      title: 'Ann signs out and Bob signs in while a refresh for Ann is under way',
      right: 'the requests are Bob’s, after a reload too',
      try: async stage => {
        const tab = await stage.signedIn('ann');
        const release = stage.holdRefreshes();
        const refresh = stage.refresh(tab);
        await stage.refreshesCome(1);
        await stage.logOut(tab);
        await stage.logIn(tab, 'bob');
        release();
        await refresh;
        await whileNothingHappens();
        const before = await stage.send(tab);
        await stage.reload(tab);
        const responses = [before, await stage.send(tab)];
        return stage.subjects.includes('ann') ? 'requests with Ann’s token' : failuresAmong(responses);
      },
    },
    {
      title: 'What is left in the browser after sign-out',
      right: 'no token in any storage',
      try: async stage => {
        const tab = await stage.signedIn();
        if ((await stage.refresh(tab)) !== 'refreshed') return 'no refresh before that';
        await stage.logOut(tab);
        const clean = await comes(async () => !/rt-\d|eyJ/.test(await tab.evaluate(() => peer.stored())), 5000);
        return clean ? undefined : 'tokens are still stored';
      },
    },
    {
      title: 'Sign-out without a network',
      right: 'is signed out, after a reload with the network back too',
      notFor: withoutLocalSignOut,
      try: async stage => {
        const tab = await stage.signedIn();
        const goOnline = await stage.goOffline();
        await stage.logOut(tab);
        if (await stage.isSignedIn(tab)) return 'still signed in';
        await goOnline();
        await stage.reload(tab);
        return isOver(stage, tab);
      },
    },
    {
      title: 'Sign-out in one tab',
      notFor: { keycloakJs: 'Keycloak tells it by a page of its own' },
      right: 'within five seconds no other tab is signed in, nor do its requests carry a token',
      try: async stage => {
        const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
        if (failuresAmong([await stage.send(two)])) return 'the other tab was not signed in before';
        await stage.logOut(one);
        const told = await comes(async () => !(await stage.isSignedIn(two)), 5000);
        return told ? isOver(stage, two) : 'the other tab is still signed in';
      },
    },
    {
      title: 'Sign-in in one tab',
      right: 'within five seconds the other tab is signed in and its requests succeed',
      try: async stage => {
        const [one, two] = [await stage.openTab(), await stage.openTab()];
        await stage.logIn(one);
        if (!(await comes(() => stage.isSignedIn(two), 5000))) return 'the other tab is not signed in';
        return failuresAmong([await stage.send(two)]);
      },
    },
    {
      title: 'Ann signs out and Bob signs in in one tab, and an hour later the other tab goes on',
      right: 'its requests are Bob’s, and so are the refresh tokens that are refreshed',
      try: async stage => {
        const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
        await stage.logOut(one);
        await stage.logIn(one, 'bob');
        await whileNothingHappens(1000);
        const first = await stage.send(two);
        stage.sleep();
        const second = await stage.send(two);
        const traded = stage.server.tokens.refreshes.filter(({ body }) => body.includes('rt-0-'));
        if (traded.length > 0) return 'a refresh token of Ann’s was used for a refresh';
        return stage.subjects.includes('ann') ? 'requests with Ann’s token' : failuresAmong([first, second]);
      },
    },
  ],
};
