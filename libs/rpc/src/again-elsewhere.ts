import { type CallContext, FAILURES, Failure, remainingMs } from '@seams/call';
import { annotate } from '@seams/telemetry';

/**
 * Sends a call once more when the connection under it was lost, and throws what the first one came to when the second
 * was not done either. For calls that may run twice without harm, and inside the time of the one attempt.
 *
 * It is not the retry of a policy: what a callee says, or a passed deadline, is never repeated here, so it cannot
 * multiply a load. It repairs what ejecting a replica costs: the calls that wait in a frozen process are known to be
 * lost when its pings stay away, 1.5 s at most after the freeze, and by then only the others are connected.
 */
export async function againElsewhere(ctx: CallContext, send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (first) {
    // A lab that breaks a connection wants to see what comes of it; a plan that ends a process would end two.
    if (!connectionLost(first) || ctx.faults || ctx.signal.aborted || remainingMs(ctx) === 0) throw first;
    annotate({ 'rpc.sent_again': true });
    return send().catch((second: unknown) => {
      // "Not done" is true of the second only.
      throw FAILURES[Failure.from(second).kind].outcome === 'not_done' ? first : second;
    });
  }
}

/** A callee that lost a connection of its own says so with the same reason; only what we saw ourselves has its cause. */
const connectionLost = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.reason === 'reply_lost' && thrown.cause !== undefined;
