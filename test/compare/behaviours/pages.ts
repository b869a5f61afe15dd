import type { Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import type { Tab } from '../profile.js';
import { comes, goesOn } from '../stage.js';

export const pages: Theme = {
  title: 'Pages that come and go',
  behaviours: [
    {
      title: 'A page is reloaded',
      right: 'is still signed in, without a refresh',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.reload(tab);
        const wrong = await goesOn(stage, tab);
        return wrong ?? (stage.refreshes === 0 ? undefined : `${stage.refreshes} refreshes`);
      },
    },
    {
      title: 'A page is opened an hour later, and sends a request at once',
      right: 'it succeeds after one refresh at most, and no expired token is sent',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.send(tab);
        await stage.closeTab(tab);
        stage.sleep();
        const opened = await stage.openTab();
        const succeeded = !Number.isNaN(await opened.evaluate(() => peer.firstResponse));
        if (stage.expired > 0) return 'sent with an expired token';
        if (!succeeded) return 'the request failed';
        return stage.refreshes <= 1 ? undefined : `${stage.refreshes} refreshes`;
      },
    },
    {
      title: 'A page is closed while its refresh is under way, and opened again; the server has a grace period',
      right: 'its request succeeds',
      server: { graceSeconds: 30 },
      try: async stage => {
        const tab = await stage.signedIn();
        stage.sleep();
        const release = stage.holdRefreshes();
        void stage.send(tab);
        await stage.refreshesCome(1);
        await stage.closeTab(tab);
        release();
        return goesOn(stage, await stage.openTab());
      },
    },
    {
      title: 'A page is restored by the back button after an hour',
      right: 'its request succeeds, and no expired token is sent',
      try: async stage => {
        const tab = await stage.signedIn();
        await stage.send(tab);
        await stage.leave(tab);
        stage.sleep();
        await stage.comeBack(tab);
        const failed = failuresAmong([await stage.send(tab)]);
        return stage.expired > 0 ? 'sent with an expired token' : failed;
      },
    },
    {
      title: 'A page is restored by the back button after a sign-out in another tab',
      notFor: { keycloakJs: 'Keycloak tells it by a page of its own' },
      right: 'within five seconds the user is signed out, and its requests carry no token',
      try: async stage => {
        const [one, two] = (await stage.signedInTabs(2)) as [Tab, Tab];
        await stage.send(one);
        await stage.leave(one);
        await stage.logOut(two);
        await stage.comeBack(one);
        if (!(await comes(async () => !(await stage.isSignedIn(one)), 5000))) return 'still signed in';
        return (await stage.carriesToken(one)) ? 'signed out, but its requests carry a token' : undefined;
      },
    },
  ],
};
