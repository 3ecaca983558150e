import { type CallContext, Failure, isFailureKind, labHeadersOf } from '@seams/call';
import {
  type CommitOrderRequest,
  type CommitOrderResponse,
  commitOrderResponse,
  type Order,
  orderPlaced,
  type RequestKey,
} from '@seams/contracts';
import type { Db, Tx } from '@seams/postgres';
import { once } from '../idempotency/once.ts';
import type { OutboxEvent } from './order-store.ts';

export interface Ports {
  readonly db: Db;
  newId(): string;
  /** W3C trace context of the request under way, or empty. */
  traceparent(): string;
  /** Writes order, charge and event; nothing of it without the rest. */
  recordOrder(tx: Tx, key: RequestKey, order: Order, event: OutboxEvent): Promise<void>;
  /** Takes what the order needs from the counters, or refuses. */
  takeStock(tx: Tx, order: Order): Promise<void>;
}

const ORDER_PLACED = 'seams.events.v1.OrderPlaced';
const TOPIC = 'seams.orders.v1';

/** Commits what business-logic decided: order and event, or the refusal, each under its key and each once. */
export const commitOrderWith = (world: Ports) =>
  async function commitOrder(ctx: CallContext, request: CommitOrderRequest): Promise<CommitOrderResponse> {
    const { key } = request;
    if (!key) throw new Failure('invalid', 'key_missing');

    const foreseen = commitOrderResponse.encode({ order: request.placed ?? null, replayed: false });
    const { answer, replayed } = await once(world.db, ctx, {
      key,
      foreseen,
      effect: async (tx) => {
        const order = acceptedOrder(request, key);
        await world.recordOrder(tx, key, order, eventOf(ctx, order, world));
        await world.takeStock(tx, order);
        return foreseen;
      },
    });
    return { ...commitOrderResponse.decode(answer), replayed };
  };

function acceptedOrder({ placed, refused }: CommitOrderRequest, key: RequestKey): Order {
  if (refused) throw new Failure(isFailureKind(refused.kind) ? refused.kind : 'bug', refused.reason, refused.message);
  if (!placed || placed.customerId !== key.customerId) throw new Failure('invalid', 'decision_missing');
  return placed;
}

/** The event that an order's commit writes beside it. */
export function eventOf(ctx: CallContext, order: Order, world: Ports): OutboxEvent {
  const eventId = world.newId();
  const payload = orderPlaced.encode({
    eventId,
    orderId: order.orderId,
    customerId: order.customerId,
    cafeId: order.cafeId,
    lines: order.lines.map(({ itemId, quantity, unitPriceCents }) => ({ itemId, quantity, unitPriceCents })),
    totalCents: order.totalCents,
    currency: order.currency,
    placedAtMs: order.placedAtMs,
    orderVersion: order.version,
  });
  return {
    eventId,
    eventType: ORDER_PLACED,
    topic: TOPIC,
    payload,
    traceparent: world.traceparent(),
    headers: labHeadersOf(ctx),
  };
}
