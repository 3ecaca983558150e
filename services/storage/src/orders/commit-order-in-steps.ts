import { type CallContext, Failure } from '@seams/call';
import {
  type CommitOrderRequest,
  type CommitOrderResponse,
  commitOrderResponse,
  type Order,
  type RequestKey,
} from '@seams/contracts';
import type { Db, Tx } from '@seams/postgres';
import { once } from '../idempotency/once.ts';
import { decisionOf, eventOf } from './commit-order.ts';
import type { OutboxEvent } from './order-store.ts';

export interface Steps {
  readonly db: Db;
  newId(): string;
  /** W3C trace context of the request under way, or empty. */
  traceparent(): string;
  /** Writes order, charge and event; nothing of it without the rest. */
  recordOrder(tx: Tx, key: RequestKey, order: Order, event: OutboxEvent): Promise<void>;
  /** Takes what the order needs from the counters, or refuses. */
  takeStock(tx: Tx, order: Order): Promise<void>;
}

/**
 * An order as commit-order.ts settles it, one statement for each step: what a request that does without a pattern is
 * made of, and what the function commit_orders is compared with (test/contract/commit-order.test.ts, bench/storage.ts).
 */
export const commitOrderInStepsWith = (world: Steps) =>
  async function commitOrderInSteps(ctx: CallContext, request: CommitOrderRequest): Promise<CommitOrderResponse> {
    const { key } = request;
    if (!key) throw new Failure('invalid', 'key_missing');

    const foreseen = commitOrderResponse.encode({ order: request.placed ?? null, replayed: false });
    const { answer, replayed } = await once(world.db, ctx, {
      key,
      foreseen,
      effect: async (tx) => {
        const order = decisionOf(request, key);
        if (order instanceof Failure) throw order;
        await world.recordOrder(tx, key, order, eventOf(ctx, order, world));
        await world.takeStock(tx, order);
        return foreseen;
      },
    });
    return { ...commitOrderResponse.decode(answer), replayed };
  };
