import { Failure } from '@seams/call';
import type { Order, OrderLine, RequestKey } from '@seams/contracts';
import { type Result, statement, type Tx } from '@seams/postgres';

const DEBIT_WALLET = statement(
  'debit_wallet',
  `UPDATE wallets SET balance_cents = balance_cents - $2 WHERE customer_id = $1 AND balance_cents >= $2`,
);

/** All rows of an order but its event, as the beginning of a statement; its values are those of `orderValues`. */
export const ORDER_ROWS = `WITH placed AS (
     INSERT INTO orders (order_id, customer_id, cafe_id, status, version, total_cents, currency, idempotency_key, client_nonce, placed_at)
     VALUES ($1, $2, $3, 'placed', $4, $5, $6, $7, $8, to_timestamp($9::float8 / 1000))
   ), line AS (
     SELECT * FROM unnest($10::text[], $11::text[], $12::int[], $13::bigint[]) WITH ORDINALITY AS l (item_id, name, quantity, unit_price_cents, line)
   ), lines AS (
     INSERT INTO order_lines (order_id, line, item_id, name, quantity, unit_price_cents)
     SELECT $1, line, item_id, name, quantity, unit_price_cents FROM line
   ), moved AS (
     INSERT INTO stock_movements (order_id, item_id, units) SELECT $1, item_id, -quantity FROM line
   ), booked AS (
     INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
     VALUES ($1, 'wallet:' || $2, -$5::bigint, 'order'), ($1, 'cafe:' || $3, $5::bigint, 'order')
   )`;

// Order, lines, movements, ledger and event in one statement: one round trip, and no way to write one without the others.
const RECORD_ORDER = statement(
  'record_order',
  `${ORDER_ROWS}
   INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent, headers) VALUES ($14, $15, $16, $1::text, $17, $18, $19)`,
);

const TAKE_STOCK = statement(
  'take_stock',
  `UPDATE menu_items SET stock_units = stock_units - $3 WHERE item_id = $1 AND cafe_id = $2 AND stock_units >= $3`,
);

/** An event as the outbox keeps it. */
export interface OutboxEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** W3C trace context of the request, or empty. */
  readonly traceparent: string;
  /** More that goes on with the record: what a lab wants of it. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Everything that one order changes but the counters. The statements stand in the order of their locks, the same for
 * all orders: the customer's wallet here, then the counters by item id; those come last, for others wait for them until
 * the commit.
 *
 * @throws Failure rejected/not_enough_money, with nothing to keep
 */
export async function recordOrder(tx: Tx, key: RequestKey, order: Order, event: OutboxEvent): Promise<void> {
  await debitWallet(tx, order);
  await tx.query(RECORD_ORDER, [
    ...orderValues(key, order),
    ...[event.eventId, event.eventType, event.topic, event.payload, event.traceparent, event.headers],
  ]);
}

export async function debitWallet(tx: Tx, order: Order): Promise<void> {
  const debited = await tx.query(DEBIT_WALLET, [order.customerId, order.totalCents]);
  if (debited.rowCount === 0) throw notEnoughMoney();
}

export const notEnoughMoney = (): Failure =>
  new Failure('rejected', 'not_enough_money', 'The wallet holds less than the order costs.');

/** @throws Failure rejected/stock_exhausted, with nothing to keep */
export async function takeStock(tx: Tx, order: Order): Promise<void> {
  for (const line of inLockOrder(order.lines)) {
    const taken = await tx.query(TAKE_STOCK, [line.itemId, order.cafeId, line.quantity]);
    if (taken.rowCount === 0) throw exhausted(line);
  }
}

export const inLockOrder = <Line extends OrderLine>(lines: readonly Line[]): Line[] =>
  [...lines].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));

export const exhausted = (line: OrderLine): Failure =>
  new Failure('rejected', 'stock_exhausted', `There is not enough ${line.name} left.`);

/** $1 to $13 of ORDER_ROWS. */
export function orderValues(key: RequestKey, order: Order): unknown[] {
  return [
    ...[order.orderId, order.customerId, order.cafeId, order.version, order.totalCents, order.currency],
    ...[key.key, order.clientNonce, order.placedAtMs],
    ...columns(order.lines),
  ];
}

function columns(lines: readonly OrderLine[]): unknown[][] {
  return [
    lines.map((line) => line.itemId),
    lines.map((line) => line.name),
    lines.map((line) => line.quantity),
    lines.map((line) => line.unitPriceCents),
  ];
}

const ORDER_COLUMNS = `
  o.order_id, o.customer_id, o.cafe_id, o.status, o.version, o.total_cents, o.currency, o.client_nonce,
  (extract(epoch FROM o.placed_at) * 1000)::bigint AS placed_at_ms,
  (SELECT json_agg(json_build_object('itemId', l.item_id, 'name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents) ORDER BY l.line)
   FROM order_lines l WHERE l.order_id = o.order_id) AS lines`;

const READ_ORDER = statement('read_order', `SELECT ${ORDER_COLUMNS} FROM orders o WHERE o.order_id = $1`);

const READ_ORDERS = statement(
  'read_orders',
  `SELECT ${ORDER_COLUMNS} FROM orders o WHERE o.customer_id = $1 ORDER BY o.placed_at DESC, o.order_id DESC LIMIT $2`,
);

const READ_ORDERS_AFTER = statement(
  'read_orders_after',
  `SELECT ${ORDER_COLUMNS} FROM orders o
   WHERE o.customer_id = $1
     AND (o.placed_at, o.order_id) < (SELECT c.placed_at, c.order_id FROM orders c WHERE c.order_id = $3 AND c.customer_id = $1)
   ORDER BY o.placed_at DESC, o.order_id DESC LIMIT $2`,
);

const OWNS_ORDER = statement('owns_order', `SELECT 1 FROM orders WHERE order_id = $1 AND customer_id = $2`);

interface OrderRow {
  readonly order_id: string;
  readonly customer_id: string;
  readonly cafe_id: string;
  readonly status: string;
  readonly version: number;
  readonly total_cents: number;
  readonly currency: string;
  readonly client_nonce: string;
  readonly placed_at_ms: number;
  readonly lines: OrderLine[];
}

/** Runs one statement; a transaction or a single query both fit. */
type Query = <Row extends object>(
  sql: ReturnType<typeof statement>,
  values: readonly unknown[],
) => Promise<Result<Row>>;

export async function readOrder(query: Query, orderId: string): Promise<Order | undefined> {
  const { rows } = await query<OrderRow>(READ_ORDER, [orderId]);
  return rows[0] && orderOf(rows[0]);
}

/**
 * One page of a customer's orders, newest first.
 * @throws Failure not_found/cursor_unknown when the cursor is no order of this customer
 */
export async function readOrders(
  query: Query,
  page: { readonly customerId: string; readonly afterOrderId: string; readonly size: number },
): Promise<Order[]> {
  if (!page.afterOrderId) {
    const { rows } = await query<OrderRow>(READ_ORDERS, [page.customerId, page.size]);
    return rows.map(orderOf);
  }
  const known = await query(OWNS_ORDER, [page.afterOrderId, page.customerId]);
  if (known.rowCount === 0)
    throw new Failure('not_found', 'cursor_unknown', 'The cursor does not belong to this list.');
  const { rows } = await query<OrderRow>(READ_ORDERS_AFTER, [page.customerId, page.size, page.afterOrderId]);
  return rows.map(orderOf);
}

const STATUS = { placed: 'ORDER_STATUS_PLACED' } as const;

function orderOf(row: OrderRow): Order {
  return {
    orderId: row.order_id,
    customerId: row.customer_id,
    cafeId: row.cafe_id,
    status: STATUS[row.status as keyof typeof STATUS],
    lines: row.lines,
    totalCents: row.total_cents,
    currency: row.currency,
    placedAtMs: row.placed_at_ms,
    version: row.version,
    clientNonce: row.client_nonce,
  };
}
