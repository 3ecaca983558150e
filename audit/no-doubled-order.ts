/** 2. One intent of a customer is one order, one charge, one movement of stock. The schema forbids most of it; an auditor does not rely on that. */
import { NOT_VOID } from './corrections.ts';
import type { Question } from './question.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';

const questions: readonly SqlQuestion[] = [
  {
    looksAt: "orders with a client's nonce",
    count: `SELECT count(*) FROM orders WHERE client_nonce <> ''`,
    breaches: `SELECT client_nonce AS id, format('%s orders of customer %s carry this nonce: %s', count(*), customer_id, string_agg(order_id::text, ', ' ORDER BY order_id)) AS what
      FROM orders o WHERE client_nonce <> '' AND ${NOT_VOID('o')} GROUP BY customer_id, client_nonce HAVING count(*) > 1`,
  },
  {
    looksAt: 'orders by their key',
    count: 'SELECT count(*) FROM orders',
    breaches: `SELECT idempotency_key AS id, format('%s orders of customer %s under this key: %s', count(*), customer_id, string_agg(order_id::text, ', ' ORDER BY order_id)) AS what
      FROM orders o WHERE ${NOT_VOID('o')} GROUP BY customer_id, idempotency_key HAVING count(*) > 1`,
  },
  {
    looksAt: 'charges in the ledger, one an order',
    count: `SELECT count(*) FROM ledger_entries WHERE kind = 'order' AND account LIKE 'wallet:%'`,
    breaches: `SELECT transfer_id AS id, format('charged %s times, %s cents in all', count(*), -sum(amount_cents)) AS what
      FROM ledger_entries WHERE kind = 'order' AND account LIKE 'wallet:%' GROUP BY transfer_id HAVING count(*) > 1`,
  },
  {
    looksAt: 'movements of stock, one an order and item',
    count: 'SELECT count(*) FROM stock_movements',
    breaches: `SELECT order_id AS id, format('%s movements of %s', count(*), item_id) AS what
      FROM stock_movements GROUP BY order_id, item_id HAVING count(*) > 1`,
  },
];

export async function doubledInStorage(snapshot: Snapshot): Promise<Question[]> {
  const answers: Question[] = [];
  for (const question of questions) answers.push(await snapshot.ask(question));
  return answers;
}
