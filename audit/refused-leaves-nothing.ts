/** 3. Who was refused has no order under that key, and nothing in the stores belongs to an order that does not exist. */
import { NOT_VOID } from './corrections.ts';
import { type Facts, ORDERS_ROUTE, placeOf } from './facts.ts';
import type { Journal } from './journal.ts';
import { Finding, notGiven, type Question } from './question.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';
import { KEY_KEPT, KEY_KEPT_MS, ORDERS_STORED, STORED_AT } from './stored-at.ts';

const REFUSED_KEYS: SqlQuestion = {
  looksAt: 'keys answered with a refusal, which must have no order',
  count: `SELECT count(*) FROM idempotency_records WHERE route = '${ORDERS_ROUTE}' AND outcome = 'refused'`,
  breaches: `SELECT o.order_id AS id, format('customer %s was refused under key %s, and this order exists', r.customer_id, r.key) AS what
    FROM idempotency_records r JOIN (${ORDERS_STORED}) ON o.customer_id = r.customer_id AND o.idempotency_key = r.key
    WHERE r.route = '${ORDERS_ROUTE}' AND r.outcome = 'refused' AND ${NOT_VOID('o')} AND ${STORED_AT} > r.created_at - ${KEY_KEPT}`,
};

/** Every trace that an order, a top-up or a correction leaves outside of its own row. */
const TRACES = `
  SELECT transfer_id::text AS cause, 'ledger entry' AS trace, kind FROM ledger_entries
  UNION ALL SELECT order_id::text, 'order line', 'order' FROM order_lines
  UNION ALL SELECT order_id::text, 'movement of stock', 'order' FROM stock_movements
  UNION ALL SELECT message_key, 'event in the outbox', 'order' FROM outbox`;

const LEFTOVERS: SqlQuestion = {
  looksAt:
    'ledger entries, lines, movements and events, each of which must belong to an order, a top-up or a correction',
  count: `SELECT count(*) FROM (${TRACES}) AS t`,
  breaches: `SELECT t.cause AS id, format('no such %s, but it left: %s', replace(t.kind, '_', '-'), string_agg(DISTINCT t.trace, ', ')) AS what
    FROM (${TRACES}) AS t
      LEFT JOIN orders o ON t.kind = 'order' AND o.order_id::text = t.cause
      LEFT JOIN corrections c ON t.kind = 'correction' AND c.correction_id::text = t.cause
      LEFT JOIN top_ups u ON t.kind = 'top_up' AND u.top_up_id::text = t.cause
    WHERE o.order_id IS NULL AND u.top_up_id IS NULL AND c.correction_id IS NULL GROUP BY t.cause, t.kind`,
};

export const leftInStorage = async (snapshot: Snapshot): Promise<Question[]> => [
  await snapshot.ask(REFUSED_KEYS),
  await snapshot.ask(LEFTOVERS),
];

export function refusedInJournal({ orderByKey }: Facts, journal: Journal | undefined): Question {
  const looksAt = "keys that the client's journal calls refused or not done";
  if (!journal) return notGiven(looksAt, 'not given: --journal FILE');
  const finding = new Finding(looksAt);
  for (const { at, customerId, key, outcome } of journal.nothing) {
    finding.looked();
    const order = orderByKey.get(placeOf(customerId, key));
    if (order && order.storedAtMs > at - KEY_KEPT_MS)
      finding.breach(order.orderId, `the client was told "${outcome}" under key ${key}, and this order exists`);
  }
  return finding.question();
}
