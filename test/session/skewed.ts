import { house } from './support.js';

/** A session signed in by a response without `expires_in`, on a machine with a wrong clock. */
export function skewed(skewMs: number, edit: (body: Record<string, unknown>) => unknown, lifetimeSeconds = 1000) {
  const all = house({ accessTokenLifetimeSeconds: lifetimeSeconds });
  all.server.failAlways({ edit });
  const opened = all.open({}, tab => {
    tab.skewMs = skewMs;
    return {};
  });
  opened.session.logIn(edit(all.server.logIn()));
  return { ...all, ...opened };
}

export const asIs = (body: Record<string, unknown>) => body;
