import type { Theme } from '../behaviour.js';

const token = /rt-\d|eyJ/;

/** What a script can read that an attacker brings into the page. */
export const injectedScripts: Theme = {
  title: 'A script of an attacker in the page, each library with the storage that it has by default',
  behaviours: [
    {
      title: 'It reads everything that the page has stored',
      right: 'it finds no token',
      isChoice: true,
      try: async stage => {
        stage.addScript('globalThis.storesByDefault = true;');
        const tab = await stage.signedIn();
        await stage.send(tab);
        return token.test(await tab.evaluate(() => peer.stored())) ? 'tokens are stored' : undefined;
      },
    },
    {
      title: 'It replaces fetch and XMLHttpRequest after the page has loaded, and reads what is sent',
      right: 'it finds no refresh token',
      isChoice: true,
      try: async stage => {
        stage.addScript('globalThis.storesByDefault = true;');
        const tab = await stage.signedIn();
        await tab.evaluate(() => peer.overhear());
        await stage.refresh(tab);
        await stage.send(tab);
        const heard = await tab.evaluate(() => peer.overheard.join());
        return /rt-\d/.test(heard) ? 'it reads the refresh token' : undefined;
      },
    },
  ],
};
