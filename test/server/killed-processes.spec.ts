import { postgresIsInstalled, startPostgres } from './support/postgres-server.js';
import { SessionServer } from './support/session-server.js';
import { type DatabaseName, sharedDatabases } from './support/shared-databases.js';
import { disturbed } from './support/users-under-load.js';

const load = { kills: 2, users: 10, requests: 200 };

describe('under load', () => {
  for (const name of Object.keys(sharedDatabases) as DatabaseName[]) {
    it(`no confirmed session is lost when the server on ${name} is killed`, async () => {
      const database = await sharedDatabases[name]?.();
      if (database === undefined) return pending(`${name} was not found`);
      const server = await SessionServer.start(database.address);
      const { repeated, lost, missed } = await disturbed(server, () => server.killAndRestart(), load);
      await server.stop();
      await database.stop();
      expect(repeated).toBeGreaterThan(0);
      expect({ lost, missed }).toEqual({ lost: 0, missed: 0 });
    }, 120_000);
  }

  it('no confirmed session is lost when PostgreSQL is killed', async () => {
    if (!postgresIsInstalled) return pending('PostgreSQL was not found');
    const postgres = await startPostgres();
    const server = await SessionServer.start(`postgres://127.0.0.1:${postgres.port}`);
    const { repeated, lost, missed } = await disturbed(server, () => postgres.killAndRestart(), load);
    await server.stop();
    await postgres.stop();
    expect(repeated).toBeGreaterThan(0);
    expect({ lost, missed }).toEqual({ lost: 0, missed: 0 });
  }, 120_000);
});
