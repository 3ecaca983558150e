import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type Pattern } from '@seams/call';
import type { PolicyLimits } from '../limits.ts';
import { policyOf } from '../policy.ts';
import { chosenByRequest } from './by-request.ts';

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
const signal = new AbortController().signal;

function context(...without: Pattern[]): CallContext {
  const ctx = { deadlineAt: Date.now() + 5_000, signal };
  return without.length === 0 ? ctx : { ...ctx, without: new Set(without) };
}

describe('a lab without', () => {
  it.each<[Pattern[], number]>([
    // without                      attempts of 60 calls that all fail
    [['breaker'], 60 + 5 + 3],
    [['retry-budget', 'breaker'], 180],
    [['retry-budget'], 10],
    [['outbox'], 10],
  ])('%j makes %d attempts of 60 calls, and the real policy sees none of it', async (without, expected) => {
    const real = policyOf(limits, () => 0);
    const policy = chosenByRequest(real, limits);
    let attempts = 0;
    for (let n = 0; n < 60; n++) {
      const failing = async (): Promise<never> => {
        attempts++;
        throw new Failure('unavailable', 'test');
      };
      await policy.run(context(...without), { repeatable: true }, failing).catch(() => undefined);
    }
    expect(attempts).toBe(expected);
    expect(real.seen).toMatchObject({ calls: 0, state: 'closed' });
    expect(await policy.run(context(), { repeatable: true }, async () => 'ok')).toBe('ok');
    expect(real.seen.calls).toBe(1);
  });

  it('a deadline goes on for a minute, whether or not anybody waits', async () => {
    const policy = chosenByRequest(policyOf(limits), limits);
    const gone = { ...context('deadline'), signal: AbortSignal.abort() };
    const [leftMs, aborted] = await policy.run(gone, { repeatable: true }, async (attempt) => [
      attempt.deadlineAt - Date.now(),
      attempt.signal.aborted,
    ]);
    expect(leftMs).toBeGreaterThan(59_000);
    expect(aborted).toBe(false);
  });
});
