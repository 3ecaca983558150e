/** 6. Every cent has two sides: transfers sum to zero, a balance is the sum of its entries, nobody ever overdrew. */
import type { Question } from './question.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';

/** A cause and the entries that it must have made, no more and no less. */
const pair = (
  table: string,
  { id, amount, debited, credited }: { id: string; amount: string; debited: string; credited: string },
): string => `SELECT c.${id} AS id, format('%s cents, and its entries are: %s', c.${amount}, coalesce(e.entries, 'none')) AS what
  FROM ${table} c LEFT JOIN (
    SELECT transfer_id, count(*) AS n, string_agg(account || ' ' || amount_cents, ', ' ORDER BY entry_id) AS entries,
      array_agg(account || ' ' || amount_cents) AS each FROM ledger_entries GROUP BY transfer_id) e ON e.transfer_id = c.${id}
  WHERE e.n IS DISTINCT FROM 2
    OR NOT (${debited} || ' ' || -c.${amount} = ANY (e.each) AND ${credited} || ' ' || c.${amount} = ANY (e.each))`;

const questions: readonly SqlQuestion[] = [
  {
    looksAt: 'transfers, each of which must sum to zero',
    count: 'SELECT count(DISTINCT transfer_id) FROM ledger_entries',
    breaches: `SELECT transfer_id AS id, format('sums to %s cents: %s', sum(amount_cents), string_agg(account || ' ' || amount_cents, ', ' ORDER BY entry_id)) AS what
      FROM ledger_entries GROUP BY transfer_id HAVING sum(amount_cents) <> 0`,
  },
  {
    looksAt: 'wallets, whose balance must be the sum of their entries and not below 0',
    count: 'SELECT count(*) FROM wallets',
    breaches: `SELECT coalesce(w.customer_id::text, e.customer_id) AS id, format('balance %s, entries come to %s', coalesce(w.balance_cents::text, 'of no wallet'), coalesce(e.cents, 0)) AS what
      FROM wallets w FULL JOIN (
        SELECT substr(account, 8) AS customer_id, sum(amount_cents) AS cents FROM ledger_entries WHERE account LIKE 'wallet:%' GROUP BY account) e
        ON e.customer_id = w.customer_id::text
      WHERE w.balance_cents IS DISTINCT FROM coalesce(e.cents, 0) OR w.balance_cents < 0`,
  },
  {
    // A wallet's row is locked before its entries get their ids, so per wallet the ids are in the order of the commits.
    looksAt: 'entries of wallets, after none of which a wallet may stand below 0',
    count: `SELECT count(*) FROM ledger_entries WHERE account LIKE 'wallet:%'`,
    breaches: `SELECT DISTINCT ON (account) substr(account, 8) AS id, format('stood at %s cents after entry %s', cents, entry_id) AS what
      FROM (SELECT account, entry_id, sum(amount_cents) OVER (PARTITION BY account ORDER BY entry_id) AS cents
            FROM ledger_entries WHERE account LIKE 'wallet:%') AS running
      WHERE cents < 0 ORDER BY account, entry_id`,
  },
  {
    looksAt: 'orders, each with its charge and its revenue and nothing else',
    count: 'SELECT count(*) FROM orders',
    breaches: pair('orders', {
      id: 'order_id',
      amount: 'total_cents',
      debited: `'wallet:' || c.customer_id`,
      credited: `'cafe:' || c.cafe_id`,
    }),
  },
  {
    looksAt: 'top-ups, each with its credit and its clearing and nothing else',
    count: 'SELECT count(*) FROM top_ups',
    breaches: pair('top_ups', {
      id: 'top_up_id',
      amount: 'amount_cents',
      debited: `'card-clearing'`,
      credited: `'wallet:' || c.customer_id`,
    }),
  },
];

export async function ledgerInStorage(snapshot: Snapshot): Promise<Question[]> {
  const answers: Question[] = [];
  for (const question of questions) answers.push(await snapshot.ask(question));
  return answers;
}
