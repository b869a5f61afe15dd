import fc from 'fast-check';
import { type RefreshFamily, rotation } from '../../src/express.js';

const family: RefreshFamily = {
  id: 'family',
  sub: 'ada',
  scope: '',
  authenticatedAt: 0,
  generation: 5,
  createdAt: 0,
  rotatedAt: 100_000,
  idleExpiresAt: 200_000,
  absoluteExpiresAt: 300_000,
  meta: {},
};
const presented = { generation: 5, graceSeconds: 10, idleLifetimeSeconds: 100 };

describe('a rotation', () => {
  const cases: [name: string, generation: number, now: number, outcome: string, generationAfterwards: number][] = [
    ['trades the current token in', 5, 150_000, 'rotated', 6],
    ['hands the same successor to the predecessor within grace', 4, 109_999, 'grace', 5],
    ['[F100] takes the predecessor for reuse when grace is over', 4, 110_000, 'reuse_detected', 5],
    ['[F100] takes an older one for reuse even within grace', 3, 100_000, 'reuse_detected', 5],
    ['[F103] follows a token one ahead, for the store lost a rotation', 6, 150_000, 'fast_forwarded', 7],
    ['[F103] refuses a token two ahead', 7, 150_000, 'unissued', 5],
    ['works until the last millisecond of the idle lifetime', 5, 199_999, 'rotated', 6],
    ['ends with the idle lifetime', 5, 200_000, 'expired', 5],
  ];
  for (const [name, generation, now, outcome, generationAfterwards] of cases) {
    it(name, () => {
      const result = rotation(family, { ...presented, generation }, now);
      expect(result.outcome as string).toBe(outcome);
      if (result.outcome !== 'unknown') expect(result.family.generation).toBe(generationAfterwards);
    });
  }

  it('knows no grace when it is switched off, not even in the same millisecond', () => {
    const result = rotation(family, { ...presented, generation: 4, graceSeconds: 0 }, family.rotatedAt);
    expect(result.outcome).toBe('reuse_detected');
  });

  it('ends grace when the successor was used', () => {
    const used = rotation(family, presented, 101_000);
    if (used.outcome !== 'rotated') return fail(used.outcome);
    expect(rotation(used.family, { ...presented, generation: 4 }, 101_001).outcome).toBe('reuse_detected');
  });

  it('[S-16] slides the idle lifetime, but never past the absolute one', () => {
    const early = rotation({ ...family, absoluteExpiresAt: 260_000 }, presented, 150_000);
    const late = rotation({ ...family, absoluteExpiresAt: 240_000 }, presented, 150_000);
    expect(early).toEqual(jasmine.objectContaining({ family: jasmine.objectContaining({ idleExpiresAt: 250_000 }) }));
    expect(late).toEqual(jasmine.objectContaining({ family: jasmine.objectContaining({ idleExpiresAt: 240_000 }) }));
  });

  it('[S-16] ends with the absolute lifetime whatever the idle one says', () => {
    const outlived = { ...family, idleExpiresAt: 999_999 };
    expect(rotation(outlived, presented, 299_999).outcome).toBe('rotated');
    expect(rotation(outlived, presented, 300_000).outcome).toBe('expired');
  });

  it('refuses every token of a revoked family, and of none', () => {
    expect(rotation({ ...family, revoked: 'logged_out' }, presented, 150_000).outcome).toBe('revoked');
    expect(rotation(undefined, presented, 150_000).outcome).toBe('unknown');
  });

  it('in any order of presentations, never lowers the generation, moves the absolute end or revives a family', () => {
    const steps = fc.array(
      fc.record({ generation: fc.integer({ min: 1, max: 12 }), waitMs: fc.integer({ min: 0, max: 60_000 }) }),
    );
    fc.assert(
      fc.property(steps, presentations => {
        let current: RefreshFamily = family;
        let now = family.rotatedAt;
        for (const { generation, waitMs } of presentations) {
          now += waitMs;
          const result = rotation(current, { ...presented, generation }, now);
          if (result.outcome === 'unknown') return false;
          if (result.family.generation < current.generation) return false;
          if (result.family.absoluteExpiresAt !== family.absoluteExpiresAt) return false;
          if (current.revoked !== undefined && result.outcome !== 'revoked') return false;
          if (['grace', 'revoked', 'expired', 'unissued'].includes(result.outcome) && result.family !== current)
            return false;
          current = result.family;
        }
        return true;
      }),
    );
    expect().nothing();
  });
});
