import { type CallContext, FAILURES, Failure, remainingMs } from '@seams/call';
import { annotate } from '@seams/telemetry';

/**
 * Failover: sends a call once more when the connection under it was lost, on whatever replica is next. Throws the first failure when
 * the second try was not done either. For calls that may run twice without harm, and within the deadline of the one attempt.
 *
 * It is not the retry of a policy: a refusal by the callee or a passed deadline is never retried here, so it can't multiply load. It
 * repairs what the ejection of a replica costs: the calls in a frozen process are known to be lost when its pings stay away, at most
 * 1.5 s after the freeze, and by then only the other replicas are connected.
 */
export async function withFailover(ctx: CallContext, send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (first) {
    // A lab wants to see what a broken connection does, and a fault that ends a process would end two.
    if (!connectionLost(first) || ctx.faults || ctx.signal.aborted || remainingMs(ctx) === 0) throw first;
    annotate({ 'rpc.sent_again': true });
    return send().catch((second: unknown) => {
      // "Not done" is true of the second try alone.
      throw FAILURES[Failure.from(second).kind].outcome === 'not_done' ? first : second;
    });
  }
}

/** A callee that lost a connection of its own fails with the same reason; only our own loss has a cause. */
const connectionLost = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.reason === 'reply_lost' && thrown.cause !== undefined;
