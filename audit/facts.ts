/** What storage holds, as far as it is compared with something outside of Postgres. One row an order, one an event. */
import { NOT_VOID } from './corrections.ts';
import { decodeAnswer, decodeOrderPlaced, linesText, type OrderPlaced, sha256 } from './protos.ts';
import type { Snapshot } from './snapshot.ts';
import { KEY_KEPT_MS, ORDERS_STORED, STORED_AT } from './stored-at.ts';

export const ORDERS_ROUTE = 'POST /v1/orders';

export interface OrderFact {
  readonly orderId: string;
  readonly customerId: string;
  readonly key: string;
  readonly cafeId: string;
  readonly totalCents: string;
  readonly currency: string;
  readonly placedAtMs: string;
  /** By the clock of Postgres. */
  readonly storedAtMs: number;
  readonly version: number;
  readonly status: string;
  readonly clientNonce: string;
  readonly lines: string;
  /** Refunded by a correction: another order stands under its key. */
  readonly voided: boolean;
}

export interface EventFact {
  readonly eventId: string;
  readonly orderId: string;
  readonly topic: string;
  readonly contentSha256: string;
  readonly published: boolean;
  readonly ageMs: number;
  /** Of the events that come before it, how many were published in the 10 s before the snapshot. */
  readonly publishedBefore: number;
  readonly says: OrderPlaced | undefined;
}

export interface AnswerFact {
  readonly customerId: string;
  readonly key: string;
  readonly says: ReturnType<typeof decodeAnswer>;
}

export interface Facts {
  readonly orders: ReadonlyMap<string, OrderFact>;
  readonly orderByKey: ReadonlyMap<string, OrderFact>;
  readonly events: ReadonlyMap<string, EventFact>;
  readonly answers: readonly AnswerFact[];
}

export const placeOf = (customerId: string, key: string): string => `${customerId} ${key}`;

/** `lines` is the same text that linesText() makes of a message. */
const ORDERS = `SELECT o.order_id AS "orderId", o.customer_id AS "customerId", o.idempotency_key AS key, o.cafe_id AS "cafeId",
  o.total_cents::text AS "totalCents", o.currency, round(extract(epoch FROM o.placed_at) * 1000)::bigint::text AS "placedAtMs",
  (extract(epoch FROM ${STORED_AT}) * 1000)::float8 AS "storedAtMs", o.version, o.status, o.client_nonce AS "clientNonce", coalesce(l.lines, '') AS lines,
  NOT ${NOT_VOID('o')} AS voided
  FROM ${ORDERS_STORED} LEFT JOIN (
    SELECT order_id, string_agg(format('%s × %s at %s', quantity, item_id, unit_price_cents), ', ' ORDER BY line) AS lines
    FROM order_lines GROUP BY order_id) l USING (order_id)`;

const EVENTS = `SELECT event_id AS "eventId", message_key AS "orderId", topic, payload, published_at IS NOT NULL AS published,
  (extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs",
  (count(*) FILTER (WHERE published_at > now() - interval '10 s') OVER (ORDER BY outbox_id))::int AS "publishedBefore" FROM outbox`;

const ANSWERS = `SELECT customer_id AS "customerId", key, answer FROM idempotency_records
  WHERE route = '${ORDERS_ROUTE}' AND outcome = 'done'`;

export async function readFacts(snapshot: Snapshot): Promise<Facts> {
  const orders = new Map<string, OrderFact>();
  const orderByKey = new Map<string, OrderFact>();
  await snapshot.each<OrderFact>(ORDERS, (order) => {
    orders.set(order.orderId, order);
    const place = placeOf(order.customerId, order.key);
    const known = orderByKey.get(place);
    if (!order.voided && (!known || isMeantBefore(order, known))) orderByKey.set(place, order);
  });
  const events = new Map<string, EventFact>();
  await snapshot.each<Omit<EventFact, 'says' | 'contentSha256'> & { payload: Buffer }>(
    EVENTS,
    ({ payload, ...row }) => {
      events.set(row.eventId, { ...row, contentSha256: sha256(payload), says: decodeOrderPlaced(payload) });
    },
  );
  const answers: AnswerFact[] = [];
  await snapshot.each<{ customerId: string; key: string; answer: Buffer }>(ANSWERS, ({ answer, ...row }) => {
    answers.push({ ...row, says: decodeAnswer(answer) });
  });
  return { orders, orderByKey, events, answers };
}

/** By their key, which stands for what was placed under it last. Two in the time of one key are named by check 2; the others look at the first. */
const isMeantBefore = (order: OrderFact, known: OrderFact): boolean =>
  Math.abs(order.storedAtMs - known.storedAtMs) >= KEY_KEPT_MS
    ? order.storedAtMs > known.storedAtMs
    : order.orderId < known.orderId;

/** What two descriptions of one placed order disagree on; undefined when they agree. */
export function differenceOf(order: OrderFact, said: Pick<OrderPlaced, Compared> & Lines): string | undefined {
  for (const name of COMPARED) {
    if (String(said[name]) !== String(order[name])) return `${name} is ${said[name]}, the order has ${order[name]}`;
  }
  const lines = linesText(said.lines);
  return lines === order.lines ? undefined : `lines are ${lines}, the order has ${order.lines}`;
}

const COMPARED = ['orderId', 'customerId', 'cafeId', 'totalCents', 'currency', 'placedAtMs'] as const;
type Compared = (typeof COMPARED)[number];
type Lines = Pick<OrderPlaced, 'lines'>;
