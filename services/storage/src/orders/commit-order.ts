import { type CallContext, FAILURES, Failure, isFailureKind, labHeadersOf } from '@seams/call';
import {
  type CommitOrderRequest,
  type CommitOrderResponse,
  commitOrderResponse,
  type Order,
  orderPlaced,
  type RequestKey,
} from '@seams/contracts';
import type { FirstAnswer } from '../idempotency/record-store.ts';
import type { OutboxEvent } from './order-store.ts';

/** What stands in one commit: a key, and the order with its answer and event, or the refusal to record. */
export type AskedOrder = { readonly key: RequestKey } & (
  | { readonly kind: 'placed'; readonly order: Order; readonly answer: Buffer; readonly event: OutboxEvent }
  | { readonly kind: 'refused'; readonly failure: Failure }
);

/** The answer that stands under the key now, and whether an earlier request had got it already. */
export type Settled = FirstAnswer & { readonly replayed: boolean };

export interface Ports {
  newId(): string;
  /** W3C trace context of the request under way, or empty. */
  traceparent(): string;
  /** Writes order, charge, stock and event under a key, or the refusal, at most once; gives what stands there then. */
  settle(ctx: CallContext, asked: AskedOrder): Promise<Settled>;
  /** The answer that a key got before, if it got one. */
  readAnswer(ctx: CallContext, key: RequestKey): Promise<FirstAnswer | undefined>;
}

const ORDER_PLACED = 'seams.events.v1.OrderPlaced';
const TOPIC = 'seams.orders.v1';

/** Commits what business-logic decided: order and event, or the refusal, each under its key and each once. */
export const commitOrderWith = (world: Ports) =>
  async function commitOrder(ctx: CallContext, request: CommitOrderRequest): Promise<CommitOrderResponse> {
    const { key } = request;
    if (!key) throw new Failure('invalid', 'key_missing');

    const decided = decisionOf(request, key);
    const settled =
      decided instanceof Failure
        ? await settleWithout(world, ctx, key, decided)
        : await world.settle(ctx, { key, ...placedOf(ctx, decided, world) });
    if (settled.outcome === 'refused') throw settled.failure; // only now: the refusal itself had to be committed
    return { ...commitOrderResponse.decode(settled.answer), replayed: settled.replayed };
  };

function placedOf(ctx: CallContext, order: Order, world: Pick<Ports, 'newId' | 'traceparent'>) {
  const answer = commitOrderResponse.encode({ order, replayed: false });
  return { kind: 'placed' as const, order, answer, event: eventOf(ctx, order, world) };
}

/** A refusal is recorded; what says that it was not done, or a kind that this version does not know, is no answer for good. */
async function settleWithout(world: Ports, ctx: CallContext, key: RequestKey, failure: Failure): Promise<Settled> {
  if (FAILURES[failure.kind].outcome === 'refused') return world.settle(ctx, { key, kind: 'refused', failure });
  const earlier = await world.readAnswer(ctx, key);
  if (!earlier) throw failure;
  return { ...earlier, replayed: true };
}

/** The order that business-logic accepted, or why there is none. */
export function decisionOf({ placed, refused }: CommitOrderRequest, key: RequestKey): Order | Failure {
  if (refused) return new Failure(isFailureKind(refused.kind) ? refused.kind : 'bug', refused.reason, refused.message);
  if (!placed || placed.customerId !== key.customerId) return new Failure('invalid', 'decision_missing');
  return placed;
}

/** The event that an order's commit writes beside it. */
export function eventOf(ctx: CallContext, order: Order, world: Pick<Ports, 'newId' | 'traceparent'>): OutboxEvent {
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
