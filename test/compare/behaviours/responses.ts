import { withIdToken } from '../../peers/peer-server.js';
import type { Theme } from '../behaviour.js';
import { failuresAmong } from '../outcome.js';
import type { Tab } from '../profile.js';
import type { Stage } from '../stage.js';

/** Five requests after a refresh, none of which needs another refresh. */
async function fiveRequests(stage: Stage, tab: Tab): Promise<string | undefined> {
  const before = stage.refreshes;
  const responses = await stage.sendInTurn(tab, 5);
  const more = stage.refreshes - before;
  return failuresAmong(responses) ?? (more > 1 ? `${more} refreshes for five requests` : undefined);
}

export const responses: Theme = {
  title: 'Refresh responses',
  behaviours: [
    {
      title: 'No new refresh token (RFC 6749 §6 allows it)',
      right: 'the old one is kept, and used for the next refresh',
      server: { rotation: false },
      try: async stage => {
        const tab = await stage.signedIn();
        stage.editNextRefresh(({ refresh_token: _, ...rest }) => rest);
        if ((await stage.refresh(tab)) !== 'refreshed') return 'the first refresh failed';
        if ((await stage.refresh(tab)) !== 'refreshed') return 'the second refresh failed';
        return stage.server.tokens.rotations === 2 ? undefined : 'the refresh token was lost';
      },
    },
    {
      title: 'The tokens of another user',
      right: 'are not used',
      try: async stage => {
        const tab = await stage.signedIn('ann');
        stage.editNextRefresh(() => withIdToken(stage.server, stage.server.tokens.logIn('bob')));
        await stage.refresh(tab);
        await stage.send(tab);
        return stage.subjects.includes('bob') ? 'requests carry the token of another user' : undefined;
      },
    },
    {
      title: 'No expires_in (RFC 6749 §5.1 only recommends it)',
      right: 'five requests succeed, with no more than one other refresh',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.editNextRefresh(({ expires_in: _, ...rest }) => rest);
        if ((await stage.refresh(tab)) !== 'refreshed') return 'the refresh failed';
        return fiveRequests(stage, tab);
      },
    },
    {
      title: 'expires_in as text, as some servers write it',
      right: 'five requests succeed, with no more than one other refresh; after an hour comes the next',
      try: async stage => {
        const tab = await stage.signedIn();
        stage.editNextRefresh(body => ({ ...body, expires_in: '3600' }));
        if ((await stage.refresh(tab)) !== 'refreshed') return 'the refresh failed';
        const wrong = await fiveRequests(stage, tab);
        if (wrong) return wrong;
        stage.sleep();
        const failed = failuresAmong([await stage.send(tab)]);
        return stage.expired > 0 ? 'after an hour, the expired token was sent' : failed;
      },
    },
  ],
};
