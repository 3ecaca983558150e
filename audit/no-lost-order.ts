/** 1. What was acknowledged is in Postgres once, with what was asked, and reads back as it was told. */
import { NOT_VOID } from './corrections.ts';
import { type Facts, ORDERS_ROUTE, type OrderFact, placeOf } from './facts.ts';
import type { Journal } from './journal.ts';
import { Finding, notGiven, type Question } from './question.ts';
import { NotAnswered, type Rest } from './rest.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';
import { KEY_KEPT, ORDERS_STORED, STORED_AT } from './stored-at.ts';

/** A void order was placed without its key, which stands for another order or for a refusal. */
const RECENT = `${STORED_AT} > now() - ${KEY_KEPT} AND ${NOT_VOID('o')}`;

const ORDERS_WITHOUT_RECORD: SqlQuestion = {
  looksAt: 'orders of the last 23 hours, which must have a key answered "done"',
  count: `SELECT count(*) FROM ${ORDERS_STORED} WHERE ${RECENT}`,
  breaches: `SELECT o.order_id AS id, format('no idempotency record says "done" for key %s', o.idempotency_key) AS what
    FROM ${ORDERS_STORED} LEFT JOIN idempotency_records r
      ON r.customer_id = o.customer_id AND r.key = o.idempotency_key AND r.route = '${ORDERS_ROUTE}' AND r.outcome = 'done'
    WHERE ${RECENT} AND r.key IS NULL`,
};

const TOTALS: SqlQuestion = {
  looksAt: 'orders whose total must be the sum of their lines',
  count: 'SELECT count(*) FROM orders',
  breaches: `SELECT o.order_id AS id, format('total %s, its lines come to %s', o.total_cents, coalesce(l.cents, 0)) AS what
    FROM orders o LEFT JOIN (SELECT order_id, sum(quantity * unit_price_cents) AS cents FROM order_lines GROUP BY order_id) l
      USING (order_id) WHERE o.total_cents IS DISTINCT FROM l.cents`,
};

export const lostInStorage = async (snapshot: Snapshot): Promise<Question[]> => [
  await snapshot.ask(ORDERS_WITHOUT_RECORD),
  await snapshot.ask(TOTALS),
];

export function answeredButMissing({ answers, orderByKey }: Facts): Question {
  const finding = new Finding('keys answered "done", which must have their order');
  for (const { customerId, key, says } of answers) {
    finding.looked();
    if (!orderByKey.has(placeOf(customerId, key))) {
      finding.breach(
        says?.orderId ?? key,
        `customer ${customerId} was told "done" under key ${key}; there is no such order`,
      );
    }
  }
  return finding.question();
}

export function acknowledgedInJournal(facts: Facts, journal: Journal | undefined): Question {
  const looksAt = "acknowledged orders of the client's journal";
  if (!journal) return notGiven(looksAt, 'not given: --journal FILE');
  const finding = new Finding(looksAt);
  for (const { customerId, key, orderId, request, clientNonce } of journal.ok) {
    finding.looked();
    const order = facts.orders.get(orderId);
    if (!order) {
      finding.breach(orderId, `was acknowledged under key ${key}; there is no such order`);
      continue;
    }
    const asked = request.items.map(({ itemId, quantity }) => `${quantity} × ${itemId}`).join(', ');
    const got = order.lines.replaceAll(/ at \d+/g, '');
    const nonce = request.clientNonce ?? clientNonce ?? '';
    if (order.customerId !== customerId || order.key !== key)
      finding.breach(orderId, `asked by ${customerId} under ${key}, stored for ${order.customerId} under ${order.key}`);
    else if (order.cafeId !== request.cafeId)
      finding.breach(orderId, `asked at ${request.cafeId}, stored at ${order.cafeId}`);
    else if (asked !== got) finding.breach(orderId, `asked for ${asked}, stored ${got}`);
    else if (nonce !== order.clientNonce)
      finding.breach(orderId, `asked with nonce ${nonce}, stored ${order.clientNonce}`);
  }
  return finding.question(`${journal.lines} lines read, ${journal.unknown} keys unknown and not judged`);
}

/** The newest, and of the journal as many: each costs a request. */
export const READ_BACK_MAX = 20;

export async function readBack(facts: Facts, rest: Rest, journal: Journal | undefined): Promise<Question> {
  const told = new Map(journal?.ok.slice(-READ_BACK_MAX).map(({ orderId, body }) => [orderId, body]));
  const newest = [...facts.orders.keys()].sort().slice(-READ_BACK_MAX);
  const finding = new Finding(
    'orders read back over REST, which must be as stored, and as told to the client byte for byte',
  );
  // Who is missing is named already.
  const asked = [...new Set([...told.keys(), ...newest])].filter((orderId) => facts.orders.has(orderId));
  for (const [at, orderId] of asked.entries()) {
    try {
      const { status, text } = await rest.get(`/v1/orders/${orderId}`);
      finding.looked();
      const order = facts.orders.get(orderId) as OrderFact;
      const wrong = status === 200 ? wrongIn(text, order, told.get(orderId)) : `GET answered ${status}`;
      if (wrong !== undefined) finding.breach(orderId, wrong);
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      // The next ones would not be answered either, and each would take as long.
      finding.unanswered(error.message, asked.length - at);
      break;
    }
  }
  return finding.question();
}

function wrongIn(text: string, order: OrderFact, body: string | undefined): string | undefined {
  if (body !== undefined && body !== text) return `GET says ${text}, the client was told ${body}`;
  if (replyOf(JSON.parse(text) as Reply) === replyOf(storedReply(order))) return undefined;
  return `GET says ${text}, stored is ${JSON.stringify(order)}`;
}

interface Reply {
  readonly orderId: string;
  readonly cafeId: string;
  readonly items:
    | readonly { readonly itemId: string; readonly quantity: number; readonly unitPriceCents: number }[]
    | string;
  readonly totalCents: number;
  readonly currency: string;
  readonly placedAt: string;
  readonly clientNonce?: string;
}

/** Status and version are left out: both may change between the snapshot and the GET. */
function replyOf({ orderId, cafeId, items, totalCents, currency, placedAt, clientNonce = '' }: Reply): string {
  const lines =
    typeof items === 'string'
      ? items
      : items.map((item) => `${item.quantity} × ${item.itemId} at ${item.unitPriceCents}`).join(', ');
  return JSON.stringify([orderId, cafeId, lines, totalCents, currency, placedAt, clientNonce]);
}

const storedReply = ({ placedAtMs, totalCents, lines, ...order }: OrderFact): Reply => ({
  ...order,
  items: lines,
  totalCents: Number(totalCents),
  placedAt: new Date(Number(placedAtMs)).toISOString(),
});
