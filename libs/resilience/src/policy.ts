import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, FAILURES, Failure, shorten } from '@seams/call';
import { annotate } from '@seams/telemetry';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
  wrap,
} from 'cockatiel';

/** How one dependency is called. Each field is a limit. */
export interface PolicyLimits {
  /** Of the dependency, for messages: "storage". */
  readonly name: string;
  /** The most that one attempt may take. */
  readonly attemptMsMax: number;
  /** 1 means never again. */
  readonly attemptsMax: number;
  /** Left over for the caller to answer, after the last attempt gave up. */
  readonly reserveMs: number;
  /** Calls at once; one more is refused at once. */
  readonly concurrentMax: number;
}

export interface Policy {
  /**
   * Calls `attempt` with a context that only shrinks, again if that can do no harm, and fails only with a Failure.
   * @param call `repeatable` says that running it twice has the effect of once: a read, or a write under a key
   */
  run<T>(
    ctx: CallContext,
    call: { readonly repeatable: boolean },
    attempt: (ctx: CallContext) => Promise<T>,
  ): Promise<T>;
}

const BACKOFF_FIRST_MS = 25;
const BACKOFF_LAST_MS = 400;
// Opens when half of the calls of 5 s failed, at 4 calls a second or more; one probe a second then.
const BREAKER_WINDOW_MS = 5_000;
const BREAKER_SHARE_MAX = 0.5;
const BREAKER_CALLS_PER_SECOND_MIN = 4;
const BREAKER_PROBE_EVERY_MS = 1_000;

export function policyOf(limits: PolicyLimits, random: () => number = Math.random): Policy {
  const breaker = circuitBreaker(handleWhen(countsAgainst), {
    halfOpenAfter: BREAKER_PROBE_EVERY_MS,
    breaker: new SamplingBreaker({
      threshold: BREAKER_SHARE_MAX,
      duration: BREAKER_WINDOW_MS,
      minimumRps: BREAKER_CALLS_PER_SECOND_MIN,
    }),
  });
  const guard = wrap(bulkhead(limits.concurrentMax), breaker);

  return {
    run: async (ctx, { repeatable }, attempt) => {
      let unknown: Failure | undefined;
      for (let tries = 1; ; tries++) {
        try {
          const budget = shorten(ctx, { atMostMs: limits.attemptMsMax, reserveMs: limits.reserveMs });
          return await guard.execute(() => attempt(budget));
        } catch (thrown) {
          const failure = failureOf(thrown, limits.name);
          annotate({ 'policy.attempts': tries });
          if (FAILURES[failure.kind].outcome === 'unknown') unknown = failure;
          if (tries >= limits.attemptsMax || !mayRetry(failure, repeatable)) throw worstOf(failure, unknown);
        }
        await pause(ctx, backoffMs(tries, random));
      }
    },
  };
}

/** A refusal is the dependency working well, and our own deadline is not its fault. */
function countsAgainst(thrown: unknown): boolean {
  const { kind, reason } = Failure.from(thrown);
  if (reason === 'deadline_spent_before_call' || kind === 'cancelled') return false;
  return FAILURES[kind].outcome !== 'refused';
}

/** A timeout does not tell us whether the callee acted, so only a repeatable call may be repeated. */
function mayRetry(failure: Failure, repeatable: boolean): boolean {
  const { retry } = FAILURES[failure.kind];
  if (retry === 'after_backoff' || retry === 'from_the_start') return failure.reason !== 'circuit_open';
  return retry === 'if_idempotent' && repeatable;
}

/** "Not done" is true of the last attempt only: when an earlier one may have got through, the whole is unknown. */
function worstOf(last: Failure, unknown: Failure | undefined): Failure {
  return unknown && FAILURES[last.kind].outcome === 'not_done' ? unknown : last;
}

function failureOf(thrown: unknown, name: string): Failure {
  if (thrown instanceof BrokenCircuitError)
    return new Failure('unavailable', 'circuit_open', `${name} failed too often; it is left alone for a moment.`);
  if (thrown instanceof BulkheadRejectedError)
    return new Failure('overloaded', 'too_many_calls_at_once', `Too many calls to ${name} are under way.`);
  return Failure.from(thrown);
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015): a uniform share of a doubling bound. */
function backoffMs(tries: number, random: () => number): number {
  return random() * Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1));
}

async function pause(ctx: CallContext, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: ctx.signal }).catch(() => {
    throw new Failure('cancelled', 'caller_gone', 'The caller went away.');
  });
}
