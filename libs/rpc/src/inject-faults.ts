import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, Failure, type FaultAction } from '@seams/call';
import { annotate } from '@seams/telemetry';

/** Carry what a lab wants of a request from one process to the next. */
export const FAULT_METADATA = 'seams-fault';
export const WITHOUT_METADATA = 'seams-without';

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

  annotate({ 'fault.operation': operation, 'fault.action': nameOf(action) });
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
    case 'duplicate': {
      const [first, second] = await Promise.allSettled([send(), send()]);
      annotate({ 'fault.second': second.status });
      if (first.status === 'rejected') throw first.reason;
      return first.value;
    }
    default:
      return action satisfies never;
  }
}

/** What a connection that breaks looks like from here (failure-status.ts), whether or not the request got through. */
const replyLost = (): Failure => new Failure('timed_out', 'reply_lost', 'The connection broke before the answer came.');

function nameOf(action: FaultAction): string {
  if (action.kind === 'delay') return `delay:${action.ms}`;
  return action.kind === 'error' ? `error:${action.failure}` : action.kind;
}

async function pause(ctx: CallContext, ms: number): Promise<void> {
  const over = Math.min(ms, Math.max(0, ctx.deadlineAt - Date.now()));
  await sleep(over, undefined, { signal: ctx.signal }).catch(() => {
    throw new Failure('cancelled', 'caller_gone', 'The caller went away.');
  });
  if (over < ms) throw new Failure('timed_out', 'deadline_passed', 'No answer came before the deadline.');
}
