import { Failure } from './failure.ts';
import type { FaultPlan } from './faults.ts';
import type { Pattern } from './without.ts';

/**
 * What every call carries: until when its answer is wanted, and a signal that fires when nobody waits any longer.
 * It is the first argument everywhere; only the trace rides in the background, for it changes no behaviour.
 */
export interface CallContext {
  /** Unix time in milliseconds. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
  /** What a lab wants to go wrong for this request and no other; only where SEAMS_LABS=on. */
  readonly faults?: FaultPlan;
  /** Patterns that a lab does without for this request; only where SEAMS_LABS=on. */
  readonly without?: ReadonlySet<Pattern>;
}

/** A callee may not outlive its caller, and its caller needs `reserveMs` left over to answer. */
export function shorten(
  ctx: CallContext,
  limit: { readonly atMostMs: number; readonly reserveMs: number },
  now = Date.now(),
): CallContext {
  const deadlineAt = Math.min(ctx.deadlineAt - limit.reserveMs, now + limit.atMostMs);
  if (deadlineAt <= now) {
    throw new Failure('timed_out', 'deadline_spent_before_call', 'The deadline passed before the next part was asked.');
  }
  return { ...ctx, deadlineAt };
}

/** Milliseconds left, at least 0. */
export function remainingMs(ctx: CallContext, now = Date.now()): number {
  return Math.max(0, ctx.deadlineAt - now);
}

/** Throws when nobody waits for the answer any longer, so that no work begins after its deadline. */
export function throwIfOver(ctx: CallContext, now = Date.now()): void {
  if (ctx.signal.aborted) throw new Failure('cancelled', 'caller_gone', 'The caller went away.');
  if (now >= ctx.deadlineAt) throw new Failure('timed_out', 'deadline_passed', 'The deadline passed.');
}

/**
 * A context for work that nobody called: a relay's turn, a consumer's message, a start-up check.
 * `signal` is the process's own, which fires when it must stop.
 */
export function rootContext(
  limit: { readonly atMostMs: number; readonly signal: AbortSignal },
  now = Date.now(),
): CallContext {
  return { deadlineAt: now + limit.atMostMs, signal: limit.signal };
}
