import type { CallContext } from '@seams/call';
import { commitOrderInStepsWith, type Steps } from '../orders/commit-order-in-steps.ts';
import type { OutboxEvent } from '../orders/order-store.ts';
import { commitOrderWithoutIdempotencyWith } from './commit-order-without-idempotency.ts';
import { type CommitOrder, withoutOutbox } from './commit-order-without-outbox.ts';
import { takeStockReadThenWrite } from './counter-store.ts';

/** Sends a request that does without a pattern to the naive counterpart, and every other one to the real thing. */
export function chosenByRequest(
  commitOrder: CommitOrder,
  steps: Steps,
  publish: (ctx: CallContext, key: string, event: OutboxEvent) => Promise<void>,
): CommitOrder {
  return (ctx, request) => (ctx.without ? naive(ctx.without)(ctx, request) : commitOrder(ctx, request));

  function naive(without: NonNullable<CallContext['without']>): CommitOrder {
    const chosen = without.has('optimistic-lock') ? { ...steps, takeStock: takeStockReadThenWrite } : steps;
    const commitWith = without.has('idempotency') ? commitOrderWithoutIdempotencyWith : commitOrderInStepsWith;
    return without.has('outbox') ? withoutOutbox(commitWith, chosen, publish) : commitWith(chosen);
  }
}
