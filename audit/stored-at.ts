/**
 * When orders were stored, by the one clock of Postgres. `placed_at` is business-logic's; what is compared with an idempotency
 * record has to be of the record's clock and, in fact, of its transaction.
 */

/** Orders `o`, with what STORED_AT needs. */
export const ORDERS_STORED = `orders o LEFT JOIN (
    SELECT transfer_id AS order_id, min(entered_at) AS at FROM ledger_entries WHERE kind = 'order' GROUP BY transfer_id) s USING (order_id)`;

/** An order without its charge is named by check 6. */
export const STORED_AT = 'coalesce(s.at, o.placed_at)';

/**
 * Keys are kept for 24 hours at least. One that comes again later is another intent, which the client was told (decision 0007): the
 * order that was placed under it before is no double. An hour less, because sweeps and orders take their time.
 */
const KEY_HOURS = 23;
export const KEY_KEPT = `interval '${KEY_HOURS} hours'`;
export const KEY_KEPT_MS = KEY_HOURS * 3_600_000;
