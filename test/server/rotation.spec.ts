import fc from 'fast-check';
import { rotation, type SessionRecord } from '../../src/server.js';

const record: SessionRecord = {
  id: 'record',
  sub: 'ada',
  scope: '',
  authenticatedAt: 0,
  generation: 5,
  createdAt: 0,
  validFrom: 0,
  rotatedAt: 100_000,
  idleExpiresAt: 200_000,
  absoluteExpiresAt: 300_000,
  meta: {},
};
const presented = { generation: 5, graceSeconds: 10, idleLifetimeSeconds: 100 };

describe('a rotation', () => {
  const cases: [name: string, generation: number, now: number, outcome: string, generationAfterwards: number][] = [
    ['rotates the current token', 5, 150_000, 'rotated', 6],
    ['repeats the successor for the predecessor within the grace period', 4, 109_999, 'repeated', 5],
    ['[F100] detects reuse of the predecessor after the grace period', 4, 110_000, 'reuse_detected', 5],
    ['[F100] detects reuse of an older token within the grace period', 3, 100_000, 'reuse_detected', 5],
    ['[F103] accepts a token one generation ahead, after the store lost a rotation', 6, 150_000, 'fast_forwarded', 7],
    ['[F103] accepts a token several generations ahead, after a backup was restored', 9, 150_000, 'fast_forwarded', 10],
    ['rotates in the last millisecond of the idle lifetime', 5, 199_999, 'rotated', 6],
    ['expires with the idle lifetime', 5, 200_000, 'expired', 5],
  ];
  for (const [name, generation, now, outcome, generationAfterwards] of cases) {
    it(name, () => {
      const result = rotation(record, { ...presented, generation }, now);
      expect(result.outcome as string).toBe(outcome);
      if (result.outcome !== 'unknown') expect(result.record.generation).toBe(generationAfterwards);
    });
  }

  it('detects reuse in the same millisecond if the grace period is 0', () => {
    const result = rotation(record, { ...presented, generation: 4, graceSeconds: 0 }, record.rotatedAt);
    expect(result.outcome).toBe('reuse_detected');
  });

  it('repeats the successor until it is used, if there is no grace period', () => {
    const request = { generation: 4, idleLifetimeSeconds: 100 };
    expect(rotation(record, request, 199_999)).toEqual({ outcome: 'repeated', record, at: 199_999 });
    expect(rotation(record, { ...request, generation: 3 }, 100_000).outcome).toBe('reuse_detected');
  });

  it('rejects every token of a session that is not later than notBefore', () => {
    const later = { ...record, validFrom: 7 };
    expect(rotation(later, presented, 150_000, 6).outcome).toBe('rotated');
    for (const generation of [4, 5, 6]) {
      const result = rotation(later, { ...presented, generation }, 150_000, 7);
      expect(result).toEqual({
        outcome: 'revoked',
        record: { ...later, revoked: 'all_sessions_revoked' },
        at: 150_000,
      });
    }
  });

  it('ends the grace period when the successor is used', () => {
    const used = rotation(record, presented, 101_000);
    if (used.outcome !== 'rotated') return fail(used.outcome);
    expect(rotation(used.record, { ...presented, generation: 4 }, 101_001).outcome).toBe('reuse_detected');
  });

  it('[S-16] extends the idle expiry, but not past the absolute expiry', () => {
    const early = rotation({ ...record, absoluteExpiresAt: 260_000 }, presented, 150_000);
    const late = rotation({ ...record, absoluteExpiresAt: 240_000 }, presented, 150_000);
    expect(early).toEqual(jasmine.objectContaining({ record: jasmine.objectContaining({ idleExpiresAt: 250_000 }) }));
    expect(late).toEqual(jasmine.objectContaining({ record: jasmine.objectContaining({ idleExpiresAt: 240_000 }) }));
  });

  it('[S-16] expires with the absolute lifetime, regardless of the idle expiry', () => {
    const outlived = { ...record, idleExpiresAt: 999_999 };
    expect(rotation(outlived, presented, 299_999).outcome).toBe('rotated');
    expect(rotation(outlived, presented, 300_000).outcome).toBe('expired');
  });

  it('rejects every token of a revoked session, and of an unknown session', () => {
    expect(rotation({ ...record, revoked: 'logged_out' }, presented, 150_000).outcome).toBe('revoked');
    expect(rotation(undefined, presented, 150_000).outcome).toBe('unknown');
  });

  it('for any sequence of presented tokens, never lowers the generation, changes the absolute expiry or restores a session', () => {
    const steps = fc.array(
      fc.record({ generation: fc.integer({ min: 1, max: 12 }), waitMs: fc.integer({ min: 0, max: 60_000 }) }),
    );
    fc.assert(
      fc.property(steps, presentations => {
        let current: SessionRecord = record;
        let now = record.rotatedAt;
        for (const { generation, waitMs } of presentations) {
          now += waitMs;
          const result = rotation(current, { ...presented, generation }, now);
          if (result.outcome === 'unknown') return false;
          if (result.record.generation < current.generation) return false;
          if (result.record.absoluteExpiresAt !== record.absoluteExpiresAt) return false;
          if (current.revoked !== undefined && result.outcome !== 'revoked') return false;
          if (['repeated', 'revoked', 'expired'].includes(result.outcome) && result.record !== current) return false;
          current = result.record;
        }
        return true;
      }),
    );
    expect().nothing();
  });
});
