import { type Presentations, startPresentations } from './support/presentations.js';
import { type DatabaseName, type SharedDatabase, sharedDatabases } from './support/shared-databases.js';

for (const name of Object.keys(sharedDatabases) as DatabaseName[]) {
  describe(`four processes on one ${name}`, () => {
    let database: SharedDatabase | undefined;
    let processes: Presentations | undefined;

    beforeAll(async () => {
      database = await sharedDatabases[name]?.();
      processes = database && (await startPresentations(database, 4));
    }, 60_000);
    afterAll(async () => {
      processes?.stop();
      await database?.stop();
    });

    it('[F96] rotate a token once for a hundred concurrent requests, and send one successor to all', async () => {
      if (processes === undefined) return pending(`${name} was not found`);
      for (let round = 0; round < 10; round++) {
        const seen = await processes.round(25, 10);
        expect(seen).toEqual({ rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 });
      }
    });

    it('[F96] without a grace period, accept one of a hundred concurrent requests and emit one reuse event', async () => {
      if (processes === undefined) return pending(`${name} was not found`);
      for (let round = 0; round < 10; round++) {
        const seen = await processes.round(25, 0);
        expect(seen).toEqual({ rotated: 1, grace: 0, reuse: 1, rejected: 99, successors: 1 });
      }
    });
  });
}
