import { type CallContext, Failure, throwIfOver } from '@seams/call';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';

/** Runs `work` when a place is free, in the order of arrival. */
export type RunHash = <T>(ctx: CallContext, work: () => Promise<T>) => Promise<T>;

/**
 * A few hashes at once, a bounded queue behind them, and a refusal for the rest.
 *
 * @throws Failure overloaded/too_many_logins when the queue is full; timed_out or cancelled when a caller's place comes too late
 */
export function passwordBulkhead(limits: { readonly atOnceMax: number; readonly queueMax: number }): RunHash {
  const places = bulkhead(limits.atOnceMax, limits.queueMax);
  return async (ctx, work) => {
    try {
      return await places.execute(() => {
        throwIfOver(ctx); // the caller may have left the queue
        return work();
      });
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? new Failure('overloaded', 'too_many_logins') : error;
    }
  };
}
