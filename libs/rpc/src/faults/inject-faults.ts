import { type CallContext, crash, Failure, pause } from '@seams/call';
import { annotate, faultFired } from '@seams/telemetry';

/**
 * Sends a call, or does to it what the request's fault plan says. It happens at the caller's end, where a lost request
 * and a lost reply can be told apart only by us who made them; the callee's side of the trace shows which it was.
 */
export async function sendWithFaults(
  ctx: CallContext,
  operation: string,
  send: () => Promise<unknown>,
): Promise<unknown> {
  const action = ctx.faults?.strike(operation);
  if (!action) return send();

  faultFired(operation, action);
  switch (action.kind) {
    case 'delay':
      await pause(ctx, action.ms);
      return send();
    case 'error':
      throw new Failure(action.failure, 'injected_fault', 'A lab made this call fail.');
    case 'drop-request':
      throw replyLost();
    case 'drop-reply':
      await send().catch((error: unknown) => annotate({ 'fault.dropped': String(error) }));
      throw replyLost();
    case 'duplicate':
      return twice(send);
    case 'crash':
      return crash();
    default:
      return action satisfies never;
  }
}

/**
 * Handles a call, or does to it what the plan says for the callee's end. Here "dropped" is silence: the connection
 * stays, and the caller waits for an answer until its deadline.
 */
export async function handleWithFaults(
  ctx: CallContext,
  operation: string,
  handle: () => Promise<unknown>,
): Promise<unknown> {
  const action = ctx.faults?.strike(operation, 'server');
  if (!action) return handle();

  faultFired(operation, action, 'server');
  switch (action.kind) {
    case 'delay':
      await pause(ctx, action.ms);
      return handle();
    case 'error':
      throw new Failure(action.failure, 'injected_fault', 'A lab made this call fail.');
    case 'drop-request':
      return silence(ctx);
    case 'drop-reply':
      await handle().catch((error: unknown) => annotate({ 'fault.dropped': String(error) }));
      return silence(ctx);
    case 'duplicate':
      return twice(handle);
    case 'crash':
      await handle();
      return crash();
    default:
      return action satisfies never;
  }
}

async function twice(work: () => Promise<unknown>): Promise<unknown> {
  const [first, second] = await Promise.allSettled([work(), work()]);
  annotate({ 'fault.second': second.status });
  if (first.status === 'rejected') throw first.reason;
  return first.value;
}

/** Ends when the caller has: at its deadline, or when it went away. */
const silence = (ctx: CallContext): Promise<never> =>
  pause(ctx, Number.POSITIVE_INFINITY).then(() => {
    throw new Failure('timed_out', 'deadline_passed', 'No answer came before the deadline.');
  });

/** What a connection that breaks looks like from here (failure-status.ts), whether or not the request got through. */
const replyLost = (): Failure => new Failure('timed_out', 'reply_lost', 'The connection broke before the answer came.');
