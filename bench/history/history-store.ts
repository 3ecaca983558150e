/** A past of so many orders, written as commit_orders writes them, thousands at a time; and what the audit asks of it. */
import { ledgerInStorage } from '../../audit/ledger-balances.ts';
import { doubledInStorage } from '../../audit/no-doubled-order.ts';
import { lostInStorage } from '../../audit/no-lost-order.ts';
import { outboxInStorage } from '../../audit/outbox-is-complete.ts';
import type { Question } from '../../audit/question.ts';
import { leftInStorage } from '../../audit/refused-leaves-nothing.ts';
import { inSnapshot } from '../../audit/snapshot.ts';
import { stockInStorage } from '../../audit/stock-is-conserved.ts';
import { CAFE, PRICE_CENTS, type Seeded, withClient } from '../storage/trial-store.ts';

/** Whose reads are measured: so many customers share the first thousand orders, however long the history is. */
export const READERS = 20;
export const READERS_ORDERS = 1_000;

const BATCH = 20_000;
const EVERY = '8 seconds';
/** Of an order with one line; what they say nobody reads here. */
const [ANSWER_BYTES, PAYLOAD_BYTES] = [150, 165];

// All rows of an order but its counters, by number: ids ascend with time, as those that business-logic makes.
const FILL = `WITH o AS MATERIALIZED (
    SELECT n, uuidv7(t.shift) AS order_id, uuidv7(t.shift) AS event_id, now() + t.shift AS placed_at,
      ($3::uuid[])[CASE WHEN n <= ${READERS_ORDERS} THEN 1 + n % ${READERS} ELSE ${READERS + 1} + n % (cardinality($3::uuid[]) - ${READERS}) END] AS customer_id,
      ($4::text[])[1 + (n::bigint * 7919) % cardinality($4::text[])] AS item_id
    FROM generate_series($1::int, $2::int) n, LATERAL (SELECT (n - $5::int - 1) * interval '${EVERY}' AS shift) t
  ), keys AS (
    INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer, created_at)
    SELECT customer_id, 'POST /v1/orders', order_id::text, sha256(order_id::text::bytea), 'done', $6::bytea, placed_at FROM o
  ), placed AS (
    INSERT INTO orders (order_id, customer_id, cafe_id, status, version, total_cents, currency, idempotency_key, client_nonce, placed_at)
    SELECT order_id, customer_id, '${CAFE}', 'placed', 1, ${PRICE_CENTS}, 'EUR', order_id::text, order_id::text, placed_at FROM o
  ), lines AS (
    INSERT INTO order_lines (order_id, line, item_id, name, quantity, unit_price_cents)
    SELECT order_id, 1, item_id, 'Espresso', 1, ${PRICE_CENTS} FROM o
  ), moved AS (
    INSERT INTO stock_movements (order_id, item_id, units, moved_at) SELECT order_id, item_id, -1, placed_at FROM o
  ), booked AS (
    INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind, entered_at)
    SELECT order_id, e.account, e.cents, 'order', placed_at
    FROM o, LATERAL (VALUES ('wallet:' || customer_id, -${PRICE_CENTS}), ('cafe:${CAFE}', ${PRICE_CENTS})) e (account, cents)
  )
  INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent, created_at, published_at)
  SELECT event_id, 'seams.events.v1.OrderPlaced', 'seams.orders.v1', order_id::text, $7::bytea, '', placed_at, placed_at FROM o`;

// What the wallets of a trial hold before anybody orders came from somewhere.
const TOP_UPS = `WITH t AS (
    INSERT INTO top_ups (top_up_id, customer_id, amount_cents, idempotency_key, credited_at)
    SELECT uuidv7(), customer_id, balance_cents, customer_id::text, now() FROM wallets
    RETURNING top_up_id, customer_id, amount_cents
  ), keys AS (
    INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer)
    SELECT customer_id, 'POST /v1/wallet/top-ups', customer_id::text, sha256(customer_id::text::bytea), 'done', '' FROM t
  )
  INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
  SELECT top_up_id, e.account, e.cents, 'top_up'
  FROM t, LATERAL (VALUES ('card-clearing', -amount_cents), ('wallet:' || customer_id, amount_cents)) e (account, cents)`;

const TAKE_STOCK = `UPDATE menu_items m SET stock_units = m.stock_units - s.sold
  FROM (SELECT item_id, sum(quantity)::int AS sold FROM order_lines GROUP BY item_id) s WHERE s.item_id = m.item_id`;
const CHARGE = `UPDATE wallets w SET balance_cents = w.balance_cents - s.cents
  FROM (SELECT customer_id, sum(total_cents) AS cents FROM orders GROUP BY customer_id) s WHERE s.customer_id = w.customer_id`;

export interface Filling {
  readonly orders: number;
  readonly seeded: Seeded;
  /** So many of them are there now. */
  progress(orders: number): void;
}

export async function fillHistory(ownerUrl: string, { orders, seeded, progress }: Filling): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query(TOP_UPS);
    const [answer, payload] = [Buffer.alloc(ANSWER_BYTES, 1), Buffer.alloc(PAYLOAD_BYTES, 1)];
    for (let from = 1; from <= orders; from += BATCH) {
      const to = Math.min(orders, from + BATCH - 1);
      await client.query(FILL, [from, to, seeded.customers, seeded.items, orders, answer, payload]);
      // A backend that planned while the tables were empty would go on reading all of them for each foreign key.
      if (from === 1) await client.query('ANALYZE');
      progress(to);
    }
    await client.query(TAKE_STOCK);
    await client.query(CHARGE);
  });
  // As autovacuum would have, by now.
  await withClient(ownerUrl, (client) => client.query('VACUUM ANALYZE'));
}

export interface Size {
  readonly orders: number;
  readonly mb: number;
}

export const sizeOf = (ownerUrl: string): Promise<Size> =>
  withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<Size>(
      'SELECT (SELECT count(*)::int FROM orders) AS orders, round(pg_database_size(current_database()) / 1e6)::int AS mb',
    );
    return rows[0] as Size;
  });

/** The audit's questions to storage's tables, which need neither Kafka nor analytics. */
export const breachesIn = (ownerUrl: string): Promise<string[]> =>
  inSnapshot(ownerUrl, async (snapshot) => {
    const asked: Question[] = [
      ...(await lostInStorage(snapshot)),
      ...(await doubledInStorage(snapshot)),
      ...(await leftInStorage(snapshot)),
      ...(await stockInStorage(snapshot)),
      ...(await ledgerInStorage(snapshot)),
      ...(await outboxInStorage(snapshot)),
    ];
    return asked.flatMap(({ looksAt, breaches }) => breaches.map(({ id, what }) => `${looksAt}: ${id} ${what}`));
  });
