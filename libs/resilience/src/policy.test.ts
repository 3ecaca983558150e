import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type FailureKind } from '@seams/call';
import type { PolicyLimits } from './limits.ts';
import { policyOf } from './policy.ts';

const LIMITS: PolicyLimits = {
  name: 'storage',
  attemptMsMax: 500,
  attemptsMax: 2,
  reserveMs: 10,
  concurrentMax: 4,
  retries: { percentMax: 10, reserve: 3 },
  breaker: { failuresMax: 20, windowMs: 2_000, sharePercentMax: 75, callsMin: 10, probeEveryMs: 1_000 },
};
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

  it.each<[FailureKind, string | undefined]>([
    // A refusal is an answer, so it is nobody's fault; what failed is the dependency's.
    ['rejected', undefined],
    ['invalid', undefined],
    ['not_found', undefined],
    ['unavailable', 'storage'],
    ['timed_out', 'storage'],
    ['bug', 'storage'],
  ])('that ends as %s blames %s', async (kind, at) => {
    const { attempt } = callee([kind]);
    const ended = policyOf(LIMITS, noWait).run(context(), { repeatable: false }, attempt);
    expect(await ended.catch((failure: Failure) => failure.at)).toBe(at);
  });

  it('for which its caller left no time blames nobody', async () => {
    const { attempt, calls } = callee(['ok']);
    const ended = policyOf(LIMITS, noWait).run(context(LIMITS.reserveMs), { repeatable: true }, attempt);
    expect(await ended.catch((failure: Failure) => [failure.reason, failure.at])).toEqual([
      'deadline_spent_before_call',
      undefined,
    ]);
    expect(calls()).toBe(0);
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
});

const failureFrom = (kind: FailureKind, options: ConstructorParameters<typeof Failure>[3]) => () =>
  Promise.reject(new Failure(kind, 'test', undefined, options));

describe('a retry', () => {
  it('is earned by ten calls, after a small reserve, however much fails', async () => {
    // Else the breaker would end it, which is another test.
    const policy = policyOf(
      { ...LIMITS, breaker: { ...LIMITS.breaker, failuresMax: 10_000, callsMin: 10_000 } },
      noWait,
    );
    const { attempt, calls } = callee(['unavailable']);
    for (let n = 0; n < 100; n++) await endOf(policy.run(context(), { repeatable: true }, attempt));
    // The first call finds the bucket full and earns nothing.
    expect(calls()).toBe(100 + 9 + LIMITS.retries.reserve);
    expect(policy.seen).toMatchObject({ calls: 100, attempts: 112, retries: 12, retriesDenied: 88 });
  });

  it('does not save up more than the reserve in good times', async () => {
    const policy = policyOf(LIMITS, noWait);
    const well = callee(['ok']);
    for (let n = 0; n < 500; n++) await policy.run(context(), { repeatable: true }, well.attempt);
    const dead = callee(['unavailable']);
    for (let n = 0; n < 9; n++) await endOf(policy.run(context(), { repeatable: true }, dead.attempt));
    expect(dead.calls()).toBe(9 + LIMITS.retries.reserve);
  });

  it('waits as long as the failure says', async () => {
    const started = Date.now();
    await endOf(
      policyOf(LIMITS, noWait).run(context(), { repeatable: true }, failureFrom('overloaded', { retryAfterMs: 120 })),
    );
    expect(Date.now() - started).toBeGreaterThanOrEqual(118);
  });

  it.each([
    // caller waits  retry after   calls
    [5_000, 60, 2],
    [5_000, 6_000, 1], // nobody would wait for it
    [300, 400, 1],
  ])('of a caller that waits %d ms after a failure that says %d: %d calls', async (ms, retryAfterMs, calls) => {
    const policy = policyOf(LIMITS, noWait);
    await endOf(policy.run(context(ms), { repeatable: true }, failureFrom('unavailable', { retryAfterMs })));
    expect(policy.seen.attempts).toBe(calls);
  });

  it('is left to the layer next to what failed', async () => {
    const policy = policyOf(LIMITS, noWait);
    await endOf(policy.run(context(), { repeatable: true }, failureFrom('unavailable', { at: 'postgres' })));
    expect(policy.seen.attempts).toBe(1);
  });

  it('of what the bulkhead refused would only queue', async () => {
    const policy = policyOf({ ...LIMITS, concurrentMax: 1 }, noWait);
    const release = Promise.withResolvers<void>();
    const held = policy.run(context(), { repeatable: true }, () => release.promise);
    await endOf(policy.run(context(), { repeatable: true }, async () => undefined));
    expect(policy.seen).toMatchObject({ attempts: 1, refused: 1, retries: 0, inFlight: 1 });
    release.resolve();
    await held;
  });
});
