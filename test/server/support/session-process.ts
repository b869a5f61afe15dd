/** A server that issues, refreshes and revokes for its parent: `session-process.ts <address of the store>`. */
import { OAuthError } from '../../../src/server.js';
import { companion, day } from './companion.js';
import type { Call, Reply } from './session-server.js';
import { storeAt } from './shared-databases.js';

process.on('disconnect', () => process.exit());
const store = await storeAt(process.argv[2] ?? '');
// Without a limit of the grace period, since a restart on a busy machine can take longer than one.
const refreshToken = { idleLifetimeSeconds: 7 * day, absoluteLifetimeSeconds: 30 * day };
const { tokens } = companion({ store, clock: Date.now, refreshToken });

const operations: Record<Call['operation'], (argument: string) => Promise<unknown>> = {
  issue: async sub => (await tokens.issue({ sub })).refresh_token,
  refresh: async refreshToken => (await tokens.refresh({ refreshToken })).refresh_token,
  revokeAll: sub => tokens.revokeAllForUser(sub),
};

process.on('message', async ({ id, operation, argument }: Call) => {
  const reply = await operations[operation](argument).then(
    (value): Reply => ({ id, value: String(value) }),
    (error: unknown): Reply => ({ id, error: error instanceof OAuthError ? error.code : String(error) }),
  );
  process.send?.(reply);
});
process.send?.('ready');
