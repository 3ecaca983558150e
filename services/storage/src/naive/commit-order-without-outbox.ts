import type { CallContext } from '@seams/call';
import type { CommitOrderRequest, CommitOrderResponse } from '@seams/contracts';
import type { Steps } from '../orders/commit-order-in-steps.ts';
import type { OutboxEvent } from '../orders/order-store.ts';
import { recordOrderWithoutEvent } from './order-without-event-store.ts';

export type CommitOrder = (ctx: CallContext, request: CommitOrderRequest) => Promise<CommitOrderResponse>;

/**
 * What a service does that commits, and then publishes: two stores, no transaction over both. Whatever happens between
 * the two loses the event for good, for a repetition finds the order done. For labs, to count the lost events.
 */
export const withoutOutbox = (
  commitOrderWith: (world: Steps) => CommitOrder,
  world: Steps,
  publish: (ctx: CallContext, key: string, event: OutboxEvent) => Promise<void>,
): CommitOrder =>
  async function commitThenPublish(ctx, request) {
    const events: { readonly key: string; readonly event: OutboxEvent }[] = [];
    const commitOrder = commitOrderWith({
      ...world,
      recordOrder: async (tx, key, order, event) => {
        await recordOrderWithoutEvent(tx, key, order, event);
        events.push({ key: order.orderId, event });
      },
    });
    const response = await commitOrder(ctx, request);
    for (const { key, event } of events) await publish(ctx, key, event);
    return response;
  };
