import { runModel } from './model.js';

describe('three tabs to which random things happen', () => {
  it('never bring an ended session back, never differ in the end, never send a token elsewhere or too late, and settle', async () => {
    const runs = Number(process.env['MODEL_RUNS'] ?? 5000);
    await expectAsync(runModel({ runs })).toBeResolved();
  }, 600_000);
});
