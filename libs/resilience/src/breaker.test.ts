import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CallContext, Failure, type FailureKind } from '@seams/call';
import type { PolicyLimits } from './limits.ts';
import { type Policy, policyOf } from './policy.ts';

const LIMITS: PolicyLimits = {
  name: 'storage',
  attemptMsMax: 800,
  attemptsMax: 1,
  reserveMs: 50,
  concurrentMax: 256,
  retries: { percentMax: 10, reserve: 20 },
  breaker: { failuresMax: 20, windowMs: 1_000, sharePercentMax: 75, callsMin: 8, probeEveryMs: 1_000 },
};

/** A storage that answers at once, or not before the attempt gives up; its calls are counted. */
class Storage {
  calls = 0;
  well = true;
  readonly attempt = async (ctx: CallContext): Promise<string> => {
    this.calls++;
    if (this.well) return 'ok';
    const never = Promise.withResolvers<never>();
    setTimeout(() => never.reject(new Failure('timed_out', 'deadline_passed')), ctx.deadlineAt - Date.now());
    return never.promise;
  };
}

const signal = new AbortController().signal;
let policy: Policy;
let storage: Storage;
beforeEach(() => {
  jest.useFakeTimers();
  policy = policyOf(LIMITS, () => 0);
  storage = new Storage();
});
afterEach(() => void jest.useRealTimers());

const ask = (ms = 2_000): Promise<string> =>
  policy.run({ deadlineAt: Date.now() + ms, signal }, { repeatable: true }, storage.attempt).then(
    () => 'ok',
    (failure: Failure) => failure.reason,
  );

/** So many calls a second, for so long or until it says so; gives the milliseconds that passed. */
async function load(perSecond: number, msMax: number, until: () => boolean = () => false): Promise<number> {
  const startedAt = Date.now();
  while (Date.now() - startedAt < msMax && !until()) {
    void ask();
    await jest.advanceTimersByTimeAsync(1_000 / perSecond);
  }
  return Date.now() - startedAt;
}

describe('a breaker before a dependency that does not answer any more', () => {
  it.each([10, 25, 100, 400])('opens within 2 s at %d calls a second, or after 20 failures', async (perSecond) => {
    await load(perSecond, 10_000);
    expect(policy.seen.state).toBe('closed');
    storage.well = false;
    const openedMs = await load(perSecond, 10_000, () => policy.seen.state === 'open');
    expect(openedMs).toBeLessThanOrEqual(2_000);
  });

  it('opens after 20 failures at a call every two seconds', async () => {
    storage.well = false;
    await load(0.5, 60_000, () => policy.seen.state === 'open');
    expect(storage.calls).toBeLessThanOrEqual(20);
    expect(policy.seen.opened).toBe(1);
  });

  it('lets one call a second find out, refuses the others at once, and closes within 5 s after the heal', async () => {
    storage.well = false;
    await load(50, 10_000, () => policy.seen.state === 'open');
    const before = storage.calls;
    await load(50, 10_000);
    // A probe takes 0.8 s to fail, and a second later the next one begins.
    expect(storage.calls - before).toBeGreaterThanOrEqual(5);
    expect(storage.calls - before).toBeLessThanOrEqual(6);
    expect(policy.seen.inFlight).toBeLessThanOrEqual(1);

    storage.well = true;
    const closedMs = await load(50, 10_000, () => policy.seen.state === 'closed');
    expect(closedMs).toBeLessThanOrEqual(2_000);
    expect(await ask()).toBe('ok');
  });

  it('refuses while a probe is under way, without waiting for it', async () => {
    storage.well = false;
    await load(50, 10_000, () => policy.seen.state === 'open');
    await jest.advanceTimersByTimeAsync(1_800);
    void ask();
    await jest.advanceTimersByTimeAsync(10);
    expect(policy.seen.state).toBe('half_open');
    const startedAt = Date.now();
    expect(await ask()).toBe('circuit_open');
    expect(Date.now() - startedAt).toBe(0);
  });

  it.each([
    ['back five minutes', -300_000],
    ['forward five minutes', 300_000],
  ])('probes after one interval although the wall clock is set %s', async (_, stepMs) => {
    storage.well = false;
    await load(50, 10_000, () => policy.seen.state === 'open');
    const probes = storage.calls;
    jest.setSystemTime(Date.now() + stepMs);
    await jest.advanceTimersByTimeAsync(LIMITS.breaker.probeEveryMs - 10);
    expect(await ask()).toBe('circuit_open');
    expect(storage.calls).toBe(probes);

    storage.well = true;
    await jest.advanceTimersByTimeAsync(10);
    expect(await ask()).toBe('ok');
    expect(policy.seen.state).toBe('closed');
  });

  it('is not closed by a probe whose caller goes away', async () => {
    storage.well = false;
    await load(50, 10_000, () => policy.seen.state === 'open');
    await jest.advanceTimersByTimeAsync(1_800);
    const gone = () => Promise.reject(new Failure('cancelled', 'caller_gone'));
    await policy.run({ deadlineAt: Date.now() + 2_000, signal }, { repeatable: true }, gone).catch(() => undefined);
    expect(policy.seen.state).toBe('open');
  });
});

describe('a breaker', () => {
  it('forgets failures as its window passes although the wall clock is set back', async () => {
    storage.well = false;
    for (let n = 0; n < 7; n++) void ask(); // one fewer than callsMin
    await jest.advanceTimersByTimeAsync(LIMITS.attemptMsMax);
    jest.setSystemTime(Date.now() - 300_000);
    await jest.advanceTimersByTimeAsync(LIMITS.breaker.windowMs);
    void ask();
    await jest.advanceTimersByTimeAsync(LIMITS.attemptMsMax);
    expect([storage.calls, policy.seen.state]).toEqual([8, 'closed']);
  });

  it.each([5, 20, 50, 200])(
    'stays closed while one of two replicas is frozen, at %d calls a second',
    async (perSecond) => {
      const startedAt = Date.now();
      const half = new Storage();
      half.well = false;
      let turn = 0;
      while (Date.now() - startedAt < 20_000) {
        const { attempt } = turn++ % 2 === 0 ? half : storage;
        void policy
          .run({ deadlineAt: Date.now() + 2_000, signal }, { repeatable: true }, attempt)
          .catch(() => undefined);
        await jest.advanceTimersByTimeAsync(1_000 / perSecond);
      }
      expect(policy.seen.opened).toBe(0);
    },
  );

  it.each<[FailureKind, string | undefined, 'closed' | 'open']>([
    ['rejected', undefined, 'closed'], // the dependency working well
    ['not_found', undefined, 'closed'],
    ['conflict', undefined, 'closed'], // two requests that met
    ['cancelled', undefined, 'closed'],
    ['unavailable', 'postgres', 'closed'], // it answers; what failed is behind it
    ['timed_out', 'postgres', 'closed'],
    ['unavailable', undefined, 'open'],
    ['overloaded', undefined, 'open'],
    ['timed_out', undefined, 'open'],
    ['bug', undefined, 'open'],
  ])('after 60 failures of the kind %s at %s is %s', async (kind, at, state) => {
    const attempt = () => Promise.reject(new Failure(kind, 'test', undefined, { at }));
    for (let n = 0; n < 60; n++)
      await policy
        .run({ deadlineAt: Date.now() + 2_000, signal }, { repeatable: false }, attempt)
        .catch(() => undefined);
    expect(policy.seen.state).toBe(state);
  });

  it.each([
    // given of 800 ms   state
    [399, 'closed'],
    [400, 'open'],
  ])('after 60 timeouts of callers who gave it %d ms is %s', async (ms, state) => {
    storage.well = false;
    for (let n = 0; n < 60; n++) {
      void ask(ms + LIMITS.reserveMs);
      await jest.advanceTimersByTimeAsync(1);
    }
    await jest.advanceTimersByTimeAsync(1_000);
    expect(policy.seen.state).toBe(state);
  });
});
