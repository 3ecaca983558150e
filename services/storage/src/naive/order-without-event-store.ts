import type { Order, RequestKey } from '@seams/contracts';
import { statement, type Tx } from '@seams/postgres';
import { debitWallet, ORDER_ROWS, type OutboxEvent, orderValues } from '../orders/order-store.ts';

const RECORD_ORDER = statement('naive_record_order', `${ORDER_ROWS} SELECT 1`);
// Evidence for the reconciliation afterwards (migrations/0005-corrections.sql); the naive code never reads it.
const NOTE_EVENT = statement(
  'naive_note_event',
  `INSERT INTO naive_writes (order_id, without, event_id, event_type, topic, payload, traceparent)
   VALUES ($1, 'outbox', $2, $3, $4, $5, $6)`,
);

/** An order as the real one writes it, but for its event. */
export async function recordOrderWithoutEvent(
  tx: Tx,
  key: RequestKey,
  order: Order,
  event: OutboxEvent,
): Promise<void> {
  await debitWallet(tx, order);
  await tx.query(RECORD_ORDER, orderValues(key, order));
  const { eventId, eventType, topic, payload, traceparent } = event;
  await tx.query(NOTE_EVENT, [order.orderId, eventId, eventType, topic, payload, traceparent]);
}
