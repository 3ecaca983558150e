import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure } from '@seams/call';
import type { PolicyLimits } from '../limits.ts';
import { policyAt, type Rung } from './rungs.ts';

const limits: PolicyLimits = {
  name: 'storage',
  attemptMsMax: 500,
  attemptsMax: 2,
  reserveMs: 10,
  concurrentMax: 4,
  retries: { percentMax: 10, reserve: 3 },
  // No probe comes while a test runs, however long that takes.
  breaker: { failuresMax: 20, windowMs: 2_000, sharePercentMax: 75, callsMin: 10, probeEveryMs: 60_000 },
};
const ctx = (): CallContext => ({ deadlineAt: Date.now() + 5_000, signal: new AbortController().signal });

describe('a policy as a bench climbs it', () => {
  it.each<[Rung, number, boolean, 'closed' | 'open']>([
    // rung, attempts of 60 calls that all fail, whether a deadline goes with them, the breaker at their end
    ['bare', 60, false, 'closed'],
    ['retries', 60 + 5 + 3, true, 'closed'],
    ['apart', 10, true, 'open'],
    ['whole', 10, true, 'open'],
  ])('%s makes %d attempts of 60 calls', async (rung, expected, bounded, state) => {
    const policy = policyAt(rung, limits);
    let attempts = 0;
    let deadlineAt = 0;
    for (let n = 0; n < 60; n++) {
      const failing = async (attempt: CallContext): Promise<never> => {
        attempts++;
        deadlineAt = attempt.deadlineAt;
        throw new Failure('unavailable', 'test');
      };
      await policy.run(ctx(), { repeatable: true }, failing).catch(() => undefined);
    }
    expect(attempts).toBe(expected);
    expect(Number.isFinite(deadlineAt)).toBe(bounded);
    expect(policy.seen).toMatchObject({ state, attempts: expected });
  });
});
