import { Steering } from './steering.js';

describe('a steered page', () => {
  let steering: Steering;
  const poll = (received: number) =>
    fetch(`${steering.hash.slice('#steered-by='.length)}/next?received=${received}`).then(response => response.json());

  beforeEach(async () => {
    steering = await Steering.start();
  });

  afterEach(() => steering.close());

  it('that was left rejects the work that it had received, and the next page gets what follows', async () => {
    const lost = steering.evaluate(() => 'before');
    void steering.evaluate(() => 'after').catch(() => undefined);
    expect((await poll(0)).number).toBe(1);
    expect((await poll(1)).number).toBe(2);
    const next = poll(0);
    await expectAsync(lost).toBeRejectedWithError(/The page was left/);
    expect((await next).number).toBe(2);
  });

  it('whose response was lost gets the work once more', async () => {
    void steering.evaluate(() => 'work').catch(() => undefined);
    expect((await poll(0)).number).toBe(1);
    expect((await poll(0)).number).toBe(1);
  });
});
