import { runModel } from './model.js';

describe('three tabs with random events', () => {
  it('never restore an ended session, end alike, never send a token elsewhere or too late, and settle', async () => {
    const runs = Number(process.env['MODEL_RUNS'] ?? 5000);
    await expectAsync(runModel({ runs })).toBeResolved();
  }, 600_000);
});
