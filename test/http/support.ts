import { Bearer, type BearerActivity, type BearerOptions, protectedUrls } from '../../src/core.js';
import { type House, house, type Opened } from '../session/support.js';

export const api = 'https://api.example';

export interface WithBearer extends House, Opened {
  readonly bearer: Bearer;
  readonly activities: BearerActivity[];
}

/** A tab whose requests to {@link api} carry the token. */
export function houseWithBearer(
  options: Partial<BearerOptions> = {},
  serverOptions: Parameters<typeof house>[0] = {},
): WithBearer {
  const all = house(serverOptions);
  const opened = all.open();
  const activities: BearerActivity[] = [];
  const bearer = new Bearer(opened.session, {
    protects: protectedUrls([api], 'https://app.example/'),
    fetch: request => all.server.fetch(request),
    onActivity: activity => activities.push(activity),
    ...options,
  });
  return { ...all, ...opened, bearer, activities };
}
