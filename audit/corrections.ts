/**
 * What reconciliation put right (docs/decisions/0013-recorded-corrections.md). A correction takes a breach off a check only
 * when what it claims is in the tables, and when the naive code noted the damage: a row by itself excuses nothing.
 */
import { Finding, type Question } from './question.ts';
import { inSnapshot, type Snapshot, type SqlQuestion } from './snapshot.ts';

export interface Correction {
  readonly kind: string;
  readonly lab: string;
  /** Things of that kind that one run put right: orders, keys, events, counters, or counts of analytics. */
  readonly count: number;
  readonly at: string;
}

/** The condition of a query over orders `o`: a void order was refunded and is compared no longer as one that stands. */
export const NOT_VOID = (order: string): string =>
  `NOT EXISTS (SELECT FROM corrections v WHERE v.kind = 'doubled_order' AND v.subject = ${order}.order_id::text)`;

/** Evidence that the naive code itself wrote for this correction. */
const evidenceOf = (without: string): string =>
  `EXISTS (SELECT FROM naive_writes n WHERE n.correction_id = c.correction_id AND n.without = '${without}' AND n.order_id::text = c.subject)`;

const doubled: SqlQuestion = {
  looksAt: 'void orders, each noted as placed without its key, beside one that stands, or under a refused key',
  count: `SELECT count(*) FROM corrections WHERE kind = 'doubled_order'`,
  breaches: `SELECT c.subject AS id, 'called void, with no evidence or with no order that stands instead of it' AS what
    FROM corrections c LEFT JOIN orders o ON o.order_id::text = c.subject
    WHERE c.kind = 'doubled_order' AND (o.order_id IS NULL OR NOT ${evidenceOf('idempotency')} OR NOT (
      EXISTS (SELECT FROM orders p WHERE p.customer_id = o.customer_id AND p.idempotency_key = o.idempotency_key AND ${NOT_VOID('p')})
      OR EXISTS (SELECT FROM idempotency_records r WHERE r.customer_id = o.customer_id AND r.key = o.idempotency_key AND r.outcome = 'refused')))`,
};

const keys: SqlQuestion = {
  looksAt: 'orders whose key was recorded afterwards, each noted as placed without it',
  count: `SELECT count(*) FROM corrections WHERE kind = 'unrecorded_key'`,
  breaches: `SELECT c.subject AS id, 'called recorded, with no evidence' AS what
    FROM corrections c WHERE c.kind = 'unrecorded_key' AND NOT ${evidenceOf('idempotency')}`,
};

const returns: SqlQuestion = {
  looksAt: 'void orders, whose cups must be back on the counter',
  count: `SELECT count(*) FROM corrections WHERE kind = 'doubled_order'`,
  breaches: `SELECT coalesce(s.subject, r.subject) AS id, format('void, sold %s × %s, and %s came back', coalesce(s.units, 0), item_id, coalesce(r.units, 0)) AS what
    FROM (SELECT c.correction_id, c.subject, l.item_id, sum(l.quantity) AS units FROM corrections c JOIN order_lines l ON l.order_id::text = c.subject
          WHERE c.kind = 'doubled_order' GROUP BY 1, 2, 3) s
      FULL JOIN (SELECT correction_id, coalesce(c.subject, correction_id::text) AS subject, item_id, t.units
                 FROM stock_returns t LEFT JOIN corrections c USING (correction_id)) r USING (correction_id, item_id)
    WHERE coalesce(s.units, 0) <> coalesce(r.units, 0)`,
};

const counters: SqlQuestion = {
  looksAt: 'corrected counters, each by as much as the naive writes noted',
  count: `SELECT count(*) FROM corrections WHERE kind = 'lost_update'`,
  breaches: `SELECT c.subject AS id, format('corrected by %s, and the evidence comes to %s', c.units, -coalesce(n.units, 0)) AS what
    FROM corrections c LEFT JOIN (
      SELECT correction_id, item_id, sum(forgotten_units) AS units FROM naive_writes WHERE without = 'optimistic-lock' GROUP BY 1, 2) n
      ON n.correction_id = c.correction_id AND n.item_id = c.subject
    WHERE c.kind = 'lost_update' AND c.units IS DISTINCT FROM -coalesce(n.units, 0)`,
};

const refunds: SqlQuestion = {
  looksAt: "void orders, each with its refund and the café's loss and nothing else",
  count: `SELECT count(*) FROM corrections WHERE kind = 'doubled_order'`,
  breaches: `SELECT c.subject AS id, format('void, %s cents, and its refund is: %s', o.total_cents, coalesce(e.entries, 'none')) AS what
    FROM corrections c LEFT JOIN orders o ON o.order_id::text = c.subject LEFT JOIN (
      SELECT transfer_id, count(*) AS n, string_agg(account || ' ' || amount_cents, ', ' ORDER BY entry_id) AS entries,
        array_agg(account || ' ' || amount_cents) AS each FROM ledger_entries WHERE kind = 'correction' GROUP BY transfer_id) e
      ON e.transfer_id = c.correction_id
    WHERE c.kind = 'doubled_order' AND (e.n IS DISTINCT FROM 2 OR c.cents IS DISTINCT FROM o.total_cents
      OR NOT ('wallet:' || o.customer_id || ' ' || o.total_cents = ANY (e.each) AND 'cafe:' || o.cafe_id || ' ' || -o.total_cents = ANY (e.each)))`,
};

const events: SqlQuestion = {
  looksAt: 'events that were put into the outbox afterwards, each noted as lost with this id',
  count: `SELECT count(*) FROM corrections WHERE kind = 'lost_event'`,
  breaches: `SELECT c.subject AS id, 'called put right, with no evidence or with no such event in the outbox' AS what
    FROM corrections c WHERE c.kind = 'lost_event' AND NOT EXISTS (
      SELECT FROM naive_writes n JOIN outbox b ON b.event_id = n.event_id AND b.message_key = c.subject
      WHERE n.correction_id = c.correction_id AND n.without = 'outbox')`,
};

export interface InStorage {
  readonly doubled: readonly Question[];
  readonly stock: readonly Question[];
  readonly ledger: readonly Question[];
  readonly outbox: readonly Question[];
  readonly corrections: readonly Correction[];
}

export const correctionsInStorage = async (snapshot: Snapshot): Promise<InStorage> => ({
  doubled: [await snapshot.ask(doubled), await snapshot.ask(keys)],
  stock: [await snapshot.ask(returns), await snapshot.ask(counters)],
  ledger: [await snapshot.ask(refunds)],
  outbox: [await snapshot.ask(events)],
  corrections: await snapshot.rows<Correction>(LISTED('count(*)')),
});

const LISTED = (
  count: string,
): string => `SELECT kind, lab, (${count})::int AS count, to_char(max(made_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
  FROM corrections GROUP BY kind, lab, run_id ORDER BY max(made_at), kind`;

interface CountRow {
  readonly cafeId: string;
  readonly orders: string;
  readonly cents: string;
  readonly notedOrders: string;
  readonly notedCents: string;
}
const COUNTS = `SELECT c.subject AS "cafeId", c.orders::text, c.revenue_cents::text AS cents,
    coalesce(n.orders, 0)::text AS "notedOrders", coalesce(n.cents, 0)::text AS "notedCents"
  FROM corrections c LEFT JOIN (
    SELECT correction_id, cafe_id, minute, count(*) AS orders, sum(revenue_cents) AS cents FROM naive_counts GROUP BY 1, 2, 3) n
    ON n.correction_id = c.correction_id AND n.cafe_id = c.subject AND n.minute = c.minute`;

/** The totals themselves are recomputed by check 8, corrected or not: a correction there can hide nothing. */
export function countsAgainstEvidence(rows: readonly CountRow[]): Question {
  const finding = new Finding('corrected totals, each by as much as the naive counts noted');
  for (const { cafeId, orders, cents, notedOrders, notedCents } of rows) {
    finding.looked();
    if (orders !== notedOrders || cents !== notedCents)
      finding.breach(
        cafeId,
        `corrected by ${orders} orders, ${cents} cents; the evidence comes to ${notedOrders} orders, ${notedCents} cents`,
      );
  }
  return finding.question();
}

export const correctionsInAnalytics = (
  url: string,
  look = inSnapshot,
): Promise<{ question: Question; corrections: Correction[] }> =>
  look(url, async (snapshot) => ({
    question: countsAgainstEvidence(await snapshot.rows<CountRow>(COUNTS)),
    corrections: await snapshot.rows<Correction>(LISTED('sum(orders)')),
  }));

const WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  doubled_order: ['doubled order', 'doubled orders'],
  unrecorded_key: ['order without its key', 'orders without their keys'],
  lost_event: ['lost event', 'lost events'],
  lost_update: ['counter that forgot sales', 'counters that forgot sales'],
  doubled_count: ['doubled count', 'doubled counts'],
};

export function countText({ kind, count }: Pick<Correction, 'kind' | 'count'>): string {
  const [one, many] = WORDS[kind] ?? [kind, kind];
  return `${count} ${count === 1 ? one : many}`;
}

/** "2 doubled orders, corrected by lab three-endings at 2026-11-21 10:14": UTC, as everything the audit says. */
export function correctionText(correction: Correction): string {
  const { lab, at } = correction;
  const by = lab === BY_HAND ? 'npm run reconcile' : `lab ${lab}`;
  return `${countText(correction)}, corrected by ${by} at ${at.slice(0, 16).replace('T', ' ')} UTC`;
}

export const BY_HAND = 'reconcile';
