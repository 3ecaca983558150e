import { FAILURES, Failure } from '@seams/call';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBreaker,
} from 'cockatiel';
import { FailureShare } from './failure-share.ts';
import type { BreakerLimits, PolicyLimits } from './limits.ts';

export type BreakerState = 'closed' | 'half_open' | 'open';

/** What stands before a dependency: it lets an attempt through, or refuses it without asking. */
export interface Guard {
  readonly state: BreakerState;
  readonly inFlight: number;
  /** @param attempt fails only with a Failure */
  execute<T>(attempt: () => Promise<T>, verdictOf: VerdictOf): Promise<T>;
}

/** What a failure says about the dependency. */
export type Verdict = 'it works' | 'it fails' | 'nothing';
type VerdictOf = (failure: Failure) => Verdict;

/** At most so many attempts at once, and none while most of them fail: bulkhead and circuit breaker, by cockatiel. */
export function guardOf({ name, concurrentMax, breaker: limits }: PolicyLimits, onChange: OnChange): Guard {
  const slots = bulkhead(concurrentMax);
  const judged = new WeakMap<Failure, Verdict>();
  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A probe that says nothing (its caller went away) must not close the breaker.
    handleWhen((thrown) => judged.get(thrown as Failure) === 'it fails' || breaker.state === CircuitState.HalfOpen),
    { halfOpenAfter: AT_ONCE, breaker: eitherOf(limits) },
  );
  let openedAt = 0;
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) openedAt = performance.now();
    onChange(STATES[state]);
  });
  const refuses = (): boolean =>
    // In half-open state cockatiel would have it wait for the probe's outcome, up to an attempt's whole budget.
    breaker.state === CircuitState.HalfOpen ||
    (breaker.state === CircuitState.Open && performance.now() - openedAt < limits.probeEveryMs);

  return {
    get state() {
      return STATES[breaker.state];
    },
    get inFlight() {
      return concurrentMax - slots.executionSlots;
    },
    execute: async (attempt, verdictOf) => {
      const judge = (failure: Failure): { failure: Failure } => {
        const verdict = verdictOf(failure);
        judged.set(failure, verdict);
        if (verdict !== 'it works') throw failure;
        return { failure }; // a refusal is an answer: to the breaker a success
      };
      const settled = await slots
        .execute(() => {
          if (refuses()) throw new BrokenCircuitError();
          return breaker.execute(() => attempt().then((value) => ({ value }), judge));
        })
        .catch((thrown: unknown) => {
          throw refusalOf(thrown, name, limits);
        });
      if ('failure' in settled) throw settled.failure;
      return settled.value;
    },
  };
}

/** cockatiel times the open state by the wall clock, which may be set back; the guard times it itself, so cockatiel never waits. */
const AT_ONCE = Number.NEGATIVE_INFINITY;

export type OnChange = (state: BreakerState) => void;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** Failures in a row show total failure whatever went well before; the share of a window shows the half-dead. */
function eitherOf({ failuresMax, windowMs, sharePercentMax, callsMin }: BreakerLimits): IBreaker {
  const row = new ConsecutiveBreaker(failuresMax);
  const share = new FailureShare({ windowMs, sharePercentMax, callsMin });
  return {
    state: undefined,
    success: (state) => {
      row.success();
      share.success(state);
    },
    failure: (state) => [row.failure(), share.failure(state)].includes(true),
  };
}

function refusalOf(thrown: unknown, name: string, { probeEveryMs }: BreakerLimits): unknown {
  if (thrown instanceof BrokenCircuitError) {
    const message = `${name} failed too often; it is left alone for a moment.`;
    return new Failure('unavailable', 'circuit_open', message, { at: name, retryAfterMs: probeEveryMs });
  }
  if (thrown instanceof BulkheadRejectedError)
    return new Failure('overloaded', 'too_many_calls_at_once', `Too many calls to ${name} are under way.`, {
      at: name,
    });
  return thrown;
}

/** Below this share of an attempt's budget a timeout says more about the caller's hurry than about the dependency. */
const FAIR_SHARE = 0.5;

/** Blame goes where it belongs: not for a refusal, a failure that is only passed on, or a caller's hurry. */
export function verdictOf(failure: Failure, givenMs: number, { name, attemptMsMax }: PolicyLimits): Verdict {
  const { kind, at } = failure;
  if (at !== undefined && at !== name) return 'it works';
  if (kind === 'cancelled') return 'nothing';
  if (kind === 'conflict' || FAILURES[kind].outcome === 'refused') return 'it works';
  return kind === 'timed_out' && givenMs < attemptMsMax * FAIR_SHARE ? 'nothing' : 'it fails';
}
