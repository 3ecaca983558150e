import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type FailureKind } from '@seams/call';
import { type PolicyLimits, policyOf } from './policy.ts';

const LIMITS: PolicyLimits = { name: 'storage', attemptMsMax: 500, attemptsMax: 2, reserveMs: 10, concurrentMax: 4 };
const context = (ms = 5_000): CallContext => ({ deadlineAt: Date.now() + ms, signal: new AbortController().signal });
const noWait = () => 0;

/** Plays outcomes one after another; counts the calls. */
function callee(outcomes: readonly (FailureKind | 'ok')[]) {
  let calls = 0;
  return {
    calls: () => calls,
    attempt: async () => {
      const outcome = outcomes[Math.min(calls++, outcomes.length - 1)] as FailureKind | 'ok';
      if (outcome === 'ok') return 'ok';
      throw new Failure(outcome, `test_${outcome}`);
    },
  };
}

const endOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof Failure ? error.kind : String(error)),
  );

describe('a call through a policy', () => {
  it.each<[(FailureKind | 'ok')[], boolean, number, string]>([
    // outcomes                     repeatable  calls  ends as
    [['ok'], false, 1, 'ok'],
    [['unavailable', 'ok'], false, 2, 'ok'], // certainly not done, so repeating cannot double it
    [['overloaded', 'ok'], false, 2, 'ok'],
    [['conflict', 'ok'], false, 2, 'ok'],
    [['timed_out', 'ok'], true, 2, 'ok'],
    [['timed_out', 'ok'], false, 1, 'timed_out'],
    [['unavailable', 'unavailable', 'ok'], true, 2, 'unavailable'],
    [['rejected', 'ok'], true, 1, 'rejected'],
    [['invalid', 'ok'], true, 1, 'invalid'],
    [['cancelled', 'ok'], true, 1, 'cancelled'],
    [['bug', 'ok'], true, 1, 'bug'],
    [['timed_out', 'unavailable'], true, 2, 'timed_out'], // the first may have got through: unknown, not "not done"
    [['timed_out', 'rejected'], true, 2, 'rejected'], // a definite answer under the same key holds for both
  ])('%j, repeatable %s: %d calls, %s', async (outcomes, repeatable, calls, end) => {
    const { attempt, calls: counted } = callee(outcomes);
    expect(await endOf(policyOf(LIMITS, noWait).run(context(), { repeatable }, attempt))).toBe(end);
    expect(counted()).toBe(calls);
  });

  it('gets a context that ends before the caller’s', async () => {
    const ctx = context(300);
    await policyOf(LIMITS, noWait).run(ctx, { repeatable: true }, async (attempt) => {
      expect(attempt.deadlineAt).toBe(ctx.deadlineAt - LIMITS.reserveMs);
    });
  });

  it('is refused at once when too many are under way', async () => {
    const policy = policyOf(LIMITS, noWait);
    const release = new AbortController();
    const held = Array.from({ length: LIMITS.concurrentMax }, () =>
      policy.run(
        context(),
        { repeatable: false },
        () => new Promise<void>((resolve) => release.signal.addEventListener('abort', () => resolve())),
      ),
    );
    const { attempt, calls } = callee(['ok']);
    expect(await endOf(policy.run(context(), { repeatable: false }, attempt))).toBe('overloaded');
    expect(calls()).toBe(0);
    release.abort();
    await Promise.all(held);
  });

  it('fails fast while the breaker is open, and a refusal never opens it', async () => {
    const policy = policyOf({ ...LIMITS, attemptsMax: 1 }, noWait);
    const refusing = callee(['rejected']);
    for (let n = 0; n < 60; n++) await endOf(policy.run(context(), { repeatable: true }, refusing.attempt));
    expect(refusing.calls()).toBe(60);

    const dead = callee(['unavailable']);
    const ends = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const thrown = await policy.run(context(), { repeatable: true }, dead.attempt).catch((error: unknown) => error);
      ends.add((thrown as Failure).reason);
    }
    expect(ends).toEqual(new Set(['test_unavailable', 'circuit_open']));
    expect(dead.calls()).toBeLessThan(200);
  });
});
