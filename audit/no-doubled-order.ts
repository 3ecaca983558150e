/** 2. One intent of a customer is one order, one charge, one movement of stock. The schema forbids most of it; an auditor does not rely on that. */
import { NOT_VOID } from './corrections.ts';
import { type Facts, type OrderFact, placeOf } from './facts.ts';
import type { Journal } from './journal.ts';
import { Finding, notGiven, type Question } from './question.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';
import { KEY_KEPT, ORDERS_STORED, STORED_AT } from './stored-at.ts';

const questions: readonly SqlQuestion[] = [
  {
    looksAt: 'orders by their key, one within 23 hours',
    count: 'SELECT count(*) FROM orders',
    breaches: `SELECT idempotency_key AS id, format('%s orders of customer %s under this key: %s', count(*), customer_id, string_agg(order_id::text, ', ' ORDER BY order_id)) AS what
      FROM (SELECT customer_id, idempotency_key, order_id,
          ${STORED_AT} - lag(${STORED_AT}) OVER (PARTITION BY customer_id, idempotency_key ORDER BY ${STORED_AT}) AS after
        FROM ${ORDERS_STORED} WHERE ${NOT_VOID('o')}) AS k
      GROUP BY customer_id, idempotency_key HAVING bool_or(after < ${KEY_KEPT})`,
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

/**
 * A client that keeps a journal gives each intent a nonce of its own, so two orders with it are one intent done twice, even if
 * its keys broke. Only a journal says so: to anybody else a nonce is free text ("table 5"), which may stand on many orders.
 */
export function doubledInJournal(facts: Pick<Facts, 'orders'>, journal: Journal | undefined): Question {
  const looksAt = "nonces of the client's journal, one order each";
  if (!journal) return notGiven(looksAt, 'not given: --journal FILE');
  const keysByNonce = new Map<string, Set<string>>();
  for (const { customerId, key, request, clientNonce } of [...journal.ok, ...journal.nothing]) {
    const nonce = request.clientNonce ?? clientNonce;
    if (!nonce) continue;
    const place = placeOf(customerId, nonce);
    keysByNonce.set(place, (keysByNonce.get(place) ?? new Set()).add(key));
  }
  const standing = [...facts.orders.values()].filter(({ voided }) => !voided);
  const orders = Map.groupBy(standing, ({ customerId, clientNonce }) => placeOf(customerId, clientNonce));
  const finding = new Finding(looksAt);
  let shared = 0;
  for (const [place, keys] of keysByNonce) {
    if (keys.size > 1) {
      shared += 1; // the client itself meant several orders by it
      continue;
    }
    finding.looked();
    const [first, ...more]: OrderFact[] = orders.get(place) ?? [];
    if (first && more.length > 0)
      finding.breach(first.clientNonce, `one intent, ${[first, ...more].map(({ orderId }) => orderId).join(', ')}`);
  }
  return finding.question(shared === 0 ? undefined : `${shared} nonces under several keys are left out`);
}
