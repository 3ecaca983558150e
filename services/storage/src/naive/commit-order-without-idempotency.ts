import { type CallContext, Failure } from '@seams/call';
import { type CommitOrderRequest, type CommitOrderResponse, commitOrderResponse } from '@seams/contracts';
import { eventOf } from '../orders/commit-order.ts';
import type { Steps } from '../orders/commit-order-in-steps.ts';
import { noteOrderWithoutKey } from './order-without-key-store.ts';

/**
 * What a service does that never asks "what if it ran twice?": each call is a new order under an id of its own. The
 * transaction is as good as the real one's; only the key is not looked at. For labs, to count what the key buys.
 */
export const commitOrderWithoutIdempotencyWith = (world: Steps) =>
  async function commitOrderWithoutIdempotency(
    ctx: CallContext,
    { key, placed, refused }: CommitOrderRequest,
  ): Promise<CommitOrderResponse> {
    if (!key || !placed) throw new Failure('rejected', refused?.reason ?? 'decision_missing', refused?.message);

    const order = { ...placed, orderId: world.newId() };
    await world.db.transaction(ctx, async (tx) => {
      await world.recordOrder(tx, key, order, eventOf(ctx, order, world));
      await world.takeStock(tx, order);
      await noteOrderWithoutKey(tx, key, order, commitOrderResponse.encode({ order, replayed: false }));
    });
    return { order, replayed: false };
  };
