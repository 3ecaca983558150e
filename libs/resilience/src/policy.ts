import { type CallContext, FAILURES, Failure, pause, remainingMs, shorten } from '@seams/call';
import { annotate, event } from '@seams/telemetry';
import { type BreakerState, type Guard, guardOf, verdictOf } from './breaker.ts';
import type { PolicyLimits } from './limits.ts';
import { type RetryBudget, retryBudget } from './retry-budget.ts';

export interface Call {
  /** That running it twice has the effect of once: a read, or a write under a key. */
  readonly repeatable: boolean;
}

export interface Policy {
  /** Calls `attempt` with a context that only shrinks, again if that can do no harm, and fails only with a Failure. */
  run<T>(ctx: CallContext, call: Call, attempt: (ctx: CallContext) => Promise<T>): Promise<T>;
  readonly seen: Seen;
}

/** What a policy has seen since the process began. */
export interface Seen {
  readonly state: BreakerState;
  readonly inFlight: number;
  readonly calls: number;
  readonly attempts: number;
  /** Those that have ended, however, and the time that they took together. */
  readonly ended: number;
  readonly endedMs: number;
  readonly retries: number;
  /** Retries that the budget did not allow. */
  readonly retriesDenied: number;
  /** Attempts that the breaker or the bulkhead refused. */
  readonly refused: number;
  readonly opened: number;
}

/** What a policy is made of. A lab puts a naive part in the place of one (naive/). */
export interface Parts {
  readonly limits: PolicyLimits;
  readonly guard: Guard;
  readonly budget: RetryBudget;
  /** The context of one attempt. */
  contextOf(ctx: CallContext): CallContext;
  mayRetry(failure: Failure, call: Call): boolean;
  random(): number;
}

const BACKOFF_FIRST_MS = 25;
const BACKOFF_LAST_MS = 400;

/** The policy of one dependency, with counts of its own. */
export function policyOf(limits: PolicyLimits, random: () => number = Math.random): Policy {
  return policyFrom((onChange) => ({
    limits,
    random,
    guard: guardOf(limits, onChange),
    budget: retryBudget(limits.retries),
    contextOf: within(limits),
    mayRetry: retriedHere(limits),
  }));
}

export const within =
  ({ attemptMsMax, reserveMs }: PolicyLimits) =>
  (ctx: CallContext): CallContext =>
    shorten(ctx, { atMostMs: attemptMsMax, reserveMs });

/**
 * What failed further below was retried there, if it could be: retried at each layer, attempts multiply. And a timeout does
 * not tell us whether the callee acted, so only a repeatable call may be repeated.
 */
export const retriedHere =
  ({ name }: PolicyLimits) =>
  ({ kind, at }: Failure, { repeatable }: Call): boolean => {
    if (at !== undefined && at !== name) return false;
    const { retry } = FAILURES[kind];
    return retry === 'after_backoff' || retry === 'from_the_start' || (retry === 'if_idempotent' && repeatable);
  };

export function policyFrom(make: (onChange: (state: BreakerState) => void) => Parts): Policy {
  const counts = { calls: 0, attempts: 0, ended: 0, endedMs: 0, retries: 0, retriesDenied: 0, refused: 0, opened: 0 };
  const parts = make((state) => {
    if (state === 'open') counts.opened++;
    event('policy.breaker', { 'policy.callee': parts.limits.name, 'policy.breaker': state });
  });
  return {
    run: (ctx, call, attempt) => run({ ctx, call, attempt }, parts, counts),
    get seen() {
      return { ...counts, state: parts.guard.state, inFlight: parts.guard.inFlight };
    },
  };
}

interface Asked<T> {
  readonly ctx: CallContext;
  readonly call: Call;
  readonly attempt: (ctx: CallContext) => Promise<T>;
}

type Counts = { -readonly [Name in Exclude<keyof Seen, 'state' | 'inFlight'>]: number };

async function run<T>(asked: Asked<T>, parts: Parts, counts: Counts): Promise<T> {
  const { ctx, call } = asked;
  const { name } = parts.limits;
  counts.calls++;
  parts.budget.earn();
  let unknown: Failure | undefined;
  for (let tries = 1; ; tries++) {
    const attempt = await attemptOnce(asked, parts, counts);
    if (!('failure' in attempt)) return attempt.value;

    const { failure, refused } = attempt;
    annotate({ 'policy.callee': name, 'policy.attempts': tries });
    if (FAILURES[failure.kind].outcome === 'unknown') unknown ??= failure;
    const waitMs = Math.max(failure.retryAfterMs ?? 0, backoffMs(tries, parts.random));
    const last = refused || tries >= parts.limits.attemptsMax || parts.guard.state !== 'closed';
    const late = waitMs >= remainingMs(ctx) - parts.limits.reserveMs;
    if (last || late || !parts.mayRetry(failure, call) || !spent(parts, counts)) throw worstOf(failure, unknown);
    counts.retries++;
    event('policy.retry', { 'policy.callee': name, 'policy.reason': failure.reason, 'policy.wait_ms': waitMs });
    await pause(ctx, waitMs);
  }
}

/** Refused: by breaker or bulkhead, so that the dependency was not asked. */
type Attempt<T> = { readonly value: T } | { readonly failure: Failure; readonly refused: boolean };

async function attemptOnce<T>({ ctx, attempt }: Asked<T>, parts: Parts, counts: Counts): Promise<Attempt<T>> {
  const { limits, guard } = parts;
  let begun = false;
  try {
    const budget = parts.contextOf(ctx);
    const givenMs = remainingMs(budget);
    const once = async (): Promise<T> => {
      begun = true;
      counts.attempts++;
      const begunAt = performance.now();
      return attempt(budget)
        .catch((thrown: unknown) => {
          throw Failure.from(thrown);
        })
        .finally(() => {
          counts.ended++;
          counts.endedMs += performance.now() - begunAt;
        });
    };
    return { value: await guard.execute(once, (failure) => verdictOf(failure, givenMs, limits)) };
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const refused = !begun && failure.at === limits.name;
    if (refused) {
      counts.refused++;
      event('policy.refused', { 'policy.callee': limits.name, 'policy.reason': failure.reason });
    }
    const ownFault = failure.reason === 'deadline_spent_before_call' || FAILURES[failure.kind].outcome === 'refused';
    return { refused, failure: ownFault ? failure : failure.of(limits.name) };
  }
}

function spent({ budget, limits }: Parts, counts: Counts): boolean {
  if (budget.spend()) return true;
  counts.retriesDenied++;
  event('policy.retry_denied', { 'policy.callee': limits.name });
  return false;
}

/** "Not done" is true of the last attempt only: when an earlier one may have got through, the whole is unknown. */
function worstOf(last: Failure, unknown: Failure | undefined): Failure {
  return unknown && FAILURES[last.kind].outcome === 'not_done' ? unknown : last;
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015): a uniform share of a doubling bound. */
function backoffMs(tries: number, random: () => number): number {
  return random() * Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1));
}
