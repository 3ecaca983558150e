import { type CallContext, remainingMs } from './context.ts';
import { Failure } from './failure.ts';

/** setTimeout's largest delay, 24 days: a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Calls `then` once, when the deadline passes (timed_out/deadline_passed) or the caller leaves (cancelled/caller_gone).
 * A caller that has left already is reported in a microtask, never before this returns.
 * @returns what calls it off. A long-lived signal collects a listener for each call that does not.
 */
export function onEnd(ctx: CallContext, then: (why: Failure) => void): () => void {
  let isOver = false;
  const dispose = (): void => {
    isOver = true;
    clearTimeout(timer);
    ctx.signal.removeEventListener('abort', leave);
  };
  const end = (why: Failure): void => {
    if (isOver) return;
    dispose();
    then(why);
  };
  const leave = (): void => end(new Failure('cancelled', 'caller_gone', 'The caller went away.'));
  const timer = setTimeout(
    () => end(new Failure('timed_out', 'deadline_passed', 'The deadline passed.')),
    Math.min(remainingMs(ctx), TIMER_MS_MAX),
  );
  if (ctx.signal.aborted) queueMicrotask(leave);
  else ctx.signal.addEventListener('abort', leave, { once: true });
  return dispose;
}

/**
 * The result of `work`, unless the deadline passes or the caller leaves first. The work itself goes on.
 * @throws Failure timed_out/deadline_passed, cancelled/caller_gone, or whatever the work throws
 */
export async function withDeadline<T>(ctx: CallContext, work: Promise<T>): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const dispose = onEnd(ctx, ended.reject);
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    dispose();
  }
}
