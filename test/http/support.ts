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
  return bearerOf({ ...all, ...all.open() }, options);
}

/** The bearer of a tab. */
export function bearerOf(tab: House & Opened, options: Partial<BearerOptions> = {}): WithBearer {
  const activities: BearerActivity[] = [];
  const bearer = new Bearer(tab.session, {
    protects: protectedUrls([api], 'https://app.example/'),
    fetch: request => tab.server.fetch(request),
    ...options,
  });
  bearer.subscribe(activity => activities.push(activity));
  return { ...tab, bearer, activities };
}
