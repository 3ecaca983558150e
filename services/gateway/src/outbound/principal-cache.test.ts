import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type FailureKind, parseFaultPlan } from '@seams/call';
import { endingOf } from '@seams/testkit';
import type { Auth, Identified } from './auth.ts';
import { cachedPrincipals } from './principal-cache.ts';

const TTL_MS = 5_000;
const START = 1_000_000;
const ctx = (ms = 2_000): CallContext => ({ deadlineAt: Date.now() + ms, signal: new AbortController().signal });
const identified = (expiresAtMs = START + 900_000): Identified => ({
  principal: { subject: 'ada', roles: ['customer'], cafeIds: [] },
  expiresAtMs,
});

interface Asking {
  readonly token: string;
  resolve(identified: Identified): void;
  reject(failure: Failure): void;
}

function scene(ttlMs = TTL_MS) {
  let [now, monotonic] = [START, 0];
  const asked: Asking[] = [];
  const auth = {
    authenticate: (_: CallContext, token: string) => {
      return new Promise<Identified>((resolve, reject) => {
        asked.push({ token, resolve, reject });
      });
    },
  } as Auth;
  const { authenticate } = cachedPrincipals(auth, { ttlMs, now: () => now, monotonicMs: () => monotonic });
  const ask = (token = 'a', given = ctx()): Promise<Identified> => authenticate(given, token);
  return {
    asked,
    ask,
    answered: (token = 'a', answer = identified()): Promise<Identified> => {
      const asking = ask(token);
      asked.at(-1)?.resolve(answer);
      return asking;
    },
    fail: (kind: FailureKind) => asked.at(-1)?.reject(new Failure(kind, 'some_reason')),
    later: (ms: number) => {
      now += ms;
      monotonic += ms;
    },
    stepWallClock: (ms: number) => {
      now += ms;
    },
  };
}

describe('what auth said of a token', () => {
  it('is used again for some seconds, and for that token only', async () => {
    const { answered, ask, asked, later } = scene();
    await answered();
    later(TTL_MS - 1);
    expect(await ask()).toEqual(identified());
    expect(asked).toHaveLength(1);
    await answered('b');
    expect(asked.map(({ token }) => token)).toEqual(['a', 'b']);
    later(1);
    await answered();
    expect(asked).toHaveLength(3);
  });

  it('is as old as the question, not as the answer', async () => {
    const { ask, asked, later } = scene();
    const first = ask();
    later(TTL_MS);
    asked[0]?.resolve(identified());
    await first;
    void ask();
    expect(asked).toHaveLength(2);
  });

  it('ends with the token', async () => {
    const { answered, ask, asked, later } = scene();
    await answered('a', identified(START + 100));
    later(99);
    expect(await ask()).toEqual(identified(START + 100));
    later(1);
    void ask();
    expect(asked).toHaveLength(2);
  });

  it.each<FailureKind>(['anonymous', 'unavailable', 'timed_out'])('is not kept when it failed: %s', async (kind) => {
    const { ask, asked, fail } = scene();
    for (const times of [1, 2]) {
      const asking = ask();
      fail(kind);
      expect(await endingOf(asking)).toBe(`${kind}/some_reason`);
      expect(asked).toHaveLength(times);
    }
  });

  it('is not more than some thousands of answers: the oldest go', async () => {
    const { answered, asked } = scene();
    for (let n = 0; n <= 4_096; n++) await answered(`t${n}`);
    await answered('t4096');
    expect(asked).toHaveLength(4_097);
    await answered('t0');
    expect(asked).toHaveLength(4_098);
  });

  it('is asked for each time when nothing is to be kept', async () => {
    const { answered, asked } = scene(0);
    await answered();
    await answered();
    expect(asked).toHaveLength(2);
  });

  it('is asked for again after as long although the wall clock is set back', async () => {
    const { answered, ask, asked, later, stepWallClock } = scene();
    await answered();
    stepWallClock(-300_000);
    later(TTL_MS - 1);
    expect(await ask()).toEqual(identified());
    expect(asked).toHaveLength(1);
    later(1);
    await answered();
    expect(asked).toHaveLength(2);
  });

  it('is asked anew for each request of a lab, and what came of that is not kept', async () => {
    const { answered, ask, asked } = scene();
    const lab = { ...ctx(), faults: parseFaultPlan('auth.Authenticate=delay:1') };
    await answered();
    for (const given of [lab, { ...ctx(), without: new Set(['breaker'] as const) }]) {
      const asking = ask('a', given);
      asked.at(-1)?.resolve(identified(1));
      expect(await asking).toEqual(identified(1));
    }
    expect(asked).toHaveLength(3);
    expect(await ask()).toEqual(identified());
  });
});

describe('requests with one token at once', () => {
  it('share one question', async () => {
    const { ask, asked } = scene();
    const all = [ask(), ask(), ask()];
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(identified());
    expect(await Promise.all(all)).toEqual(all.map(() => identified()));
  });

  it('share a no, and each asks for itself when the one that asked was cut off', async () => {
    const { ask, asked } = scene();
    const refused = [ask(), ask()];
    asked[0]?.reject(new Failure('anonymous', 'token_invalid'));
    for (const one of refused) expect(await endingOf(one)).toBe('anonymous/token_invalid');

    const [first, second] = [ask(), ask()];
    expect(asked).toHaveLength(2);
    asked[1]?.reject(new Failure('cancelled', 'caller_gone'));
    expect(await endingOf(first)).toBe('cancelled/caller_gone');
    asked[2]?.resolve(identified());
    expect(await second).toEqual(identified());
  });

  it('wait no longer than their own deadline for the one that they share', async () => {
    const { ask, asked } = scene();
    const patient = ask('a', ctx(2_000));
    expect(await endingOf(ask('a', ctx(20)))).toBe('timed_out/deadline_passed');
    asked[0]?.resolve(identified());
    expect(await patient).toEqual(identified());
    expect(asked).toHaveLength(1);
  });
});
