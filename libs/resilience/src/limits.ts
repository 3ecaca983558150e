import { z } from 'zod';

/** How one dependency is called. Each field is a limit, and all come from its arrow in topology.ts. */
export interface PolicyLimits {
  /** Of the dependency, for messages, metrics and blame: "storage". */
  readonly name: string;
  /** The most that one attempt may take. */
  readonly attemptMsMax: number;
  /** 1 means never again. */
  readonly attemptsMax: number;
  /** Left over for the caller to answer, after the last attempt gave up. */
  readonly reserveMs: number;
  /** Calls at once; one more is refused at once. */
  readonly concurrentMax: number;
  readonly retries: RetryLimits;
  readonly breaker: BreakerLimits;
}

export interface RetryLimits {
  /** Retries per hundred calls, in the long run. */
  readonly percentMax: number;
  /** Retries that need not be earned first, so that a quiet system may retry; and the most that can be saved up. */
  readonly reserve: number;
}

/** It opens at `failuresMax` failures in a row, or when more than `sharePercentMax` of `callsMin` or more calls of the window failed. */
export interface BreakerLimits {
  readonly failuresMax: number;
  readonly windowMs: number;
  readonly sharePercentMax: number;
  readonly callsMin: number;
  /** While it is open, one call this often finds out whether the dependency is well again. */
  readonly probeEveryMs: number;
}

const count = z.coerce.number().int().positive();

/**
 * Each says why. An attempt at one frozen replica of two fails, so half of the calls do: that must not open the breaker of
 * the whole, hence 75 %; round robin and the failure detection of the channel deal with that replica.
 */
const FIELDS = {
  TARGET: z.string().min(1),
  BUDGET_MS: count,
  ATTEMPTS_MAX: count.max(5),
  CONCURRENT_MAX: count.default(256),
  RETRIES_PERCENT_MAX: count.max(20).default(10),
  RETRIES_RESERVE: count.max(1_000).default(20),
  BREAKER_FAILURES_MAX: count.default(20),
  BREAKER_WINDOW_MS: count.min(500).default(1_000),
  BREAKER_SHARE_PERCENT_MAX: count.max(99).default(75),
  BREAKER_CALLS_MIN: count.default(8),
  BREAKER_PROBE_EVERY_MS: count.default(1_000),
} as const;

type Fields = typeof FIELDS;
type Shape<Prefix extends string> = { [Field in keyof Fields as `${Prefix}_${Field}`]: Fields[Field] };

/** What a config.ts reads about one callee, under its prefix: STORAGE_BUDGET_MS, STORAGE_ATTEMPTS_MAX, … */
export function arrowConfig<Prefix extends string>(prefix: Prefix): Shape<Prefix> {
  return Object.fromEntries(
    Object.entries(FIELDS).map(([field, type]) => [`${prefix}_${field}`, type]),
  ) as Shape<Prefix>;
}

type Config = Readonly<Record<string, unknown>>;

/** The limits of the callee with this prefix, as arrowConfig read them. */
export function limitsOf(prefix: string, config: Config, reserveMs: number): PolicyLimits {
  const read = (field: keyof Fields): number => config[`${prefix}_${field}`] as number;
  return {
    name: prefix.toLowerCase().replaceAll('_', '-'),
    attemptMsMax: read('BUDGET_MS'),
    attemptsMax: read('ATTEMPTS_MAX'),
    reserveMs,
    concurrentMax: read('CONCURRENT_MAX'),
    retries: { percentMax: read('RETRIES_PERCENT_MAX'), reserve: read('RETRIES_RESERVE') },
    breaker: {
      failuresMax: read('BREAKER_FAILURES_MAX'),
      windowMs: read('BREAKER_WINDOW_MS'),
      sharePercentMax: read('BREAKER_SHARE_PERCENT_MAX'),
      callsMin: read('BREAKER_CALLS_MIN'),
      probeEveryMs: read('BREAKER_PROBE_EVERY_MS'),
    },
  };
}

export interface Misfit {
  /** The variable at fault. */
  readonly path: string;
  readonly message: string;
}

/**
 * Limits that are fine each for itself and wrong together.
 * @param within how long whoever asks us waits, and the name of the variable that says so
 */
export function validateLimits(limits: PolicyLimits, within: { readonly ms: number; readonly name: string }): Misfit[] {
  const { name, attemptMsMax, attemptsMax, reserveMs, breaker } = limits;
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const misfits: Misfit[] = [];
  if (attemptMsMax * attemptsMax + reserveMs > within.ms) {
    misfits.push({
      path: `${prefix}_BUDGET_MS`,
      message: `${attemptMsMax} × ${prefix}_ATTEMPTS_MAX (${attemptsMax}) + REPLY_RESERVE_MS (${reserveMs}) must fit inside ${within.name} (${within.ms}), or the last attempt is always wasted`,
    });
  }
  if (breaker.callsMin > breaker.failuresMax) {
    misfits.push({
      path: `${prefix}_BREAKER_CALLS_MIN`,
      message: `must not be above ${prefix}_BREAKER_FAILURES_MAX (${breaker.failuresMax}), or the share of a window never decides`,
    });
  }
  return misfits;
}
