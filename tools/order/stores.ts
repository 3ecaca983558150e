/** What each store holds of one order, read from outside: SQL, and the record itself from Kafka. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { services } from '../../topology.ts';
import type { Running } from '../system/running.ts';
import { serviceOf, type Trace, tagOf } from './trace.ts';

/** Storage publishes nothing else. */
export const [ORDERS_TOPIC] = services.storage.publishes;

export interface InPostgres {
  readonly order: string;
  readonly stock: string;
  readonly ledger: string;
  readonly event: string;
}

/** Whoever asks while Postgres is frozen must not leave a connection behind for each question. */
const POSTGRES_MS_MAX = 10_000;
const RECORD_MS_MAX = 30_000;

async function asOnlooker<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const bounds = { connectionTimeoutMillis: POSTGRES_MS_MAX, query_timeout: POSTGRES_MS_MAX };
  const client = new pg.Client({ connectionString: url, ...bounds });
  // When Postgres ends, so does the query that is under way; without a listener the whole process would end with it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}

/** The rows of one order in words. The superuser reads: this is an onlooker, not a service. */
export async function readPostgres(url: string, orderId: string): Promise<InPostgres> {
  return asOnlooker(url, async (client) => {
    const one = async (sql: string): Promise<string> => {
      const { rows } = await client.query<{ text: string | null }>(sql, [orderId]);
      return rows[0]?.text ?? 'nothing';
    };
    return {
      order: await one(
        `SELECT format('status %s, version %s, %s cents, key %s', status, version, total_cents, idempotency_key) AS text FROM orders WHERE order_id = $1`,
      ),
      stock: await one(
        `SELECT string_agg(format('%s %s, %s left', m.item_id, m.units, i.stock_units), '; ' ORDER BY m.item_id) AS text
         FROM stock_movements m JOIN menu_items i USING (item_id) WHERE m.order_id = $1`,
      ),
      ledger: await one(
        `SELECT format('%s; sum %s', string_agg(format('%s %s', split_part(account, ':', 1), amount_cents), ', ' ORDER BY entry_id), sum(amount_cents)) AS text
         FROM ledger_entries WHERE transfer_id = $1 HAVING count(*) > 0`,
      ),
      event: await one(
        `SELECT format('%s, published %s after it was written', event_id, coalesce(round(extract(epoch FROM published_at - created_at) * 1000) || ' ms', 'not yet')) AS text
         FROM outbox WHERE message_key = $1`,
      ),
    };
  });
}

export interface InOutbox {
  readonly orderId: string;
  readonly eventId: string;
  readonly traceId: string;
  readonly published: boolean;
}

/** The event of an order, by the id of the order or of the trace in which it was placed; undefined when there is none. */
export async function readOutbox(url: string, id: string): Promise<InOutbox | undefined> {
  return asOnlooker(url, async (client) => {
    const { rows } = await client.query<InOutbox>(
      `SELECT message_key AS "orderId", event_id AS "eventId", split_part(traceparent, '-', 2) AS "traceId",
              published_at IS NOT NULL AS published
       FROM outbox WHERE message_key = $1 OR split_part(traceparent, '-', 2) = $1 ORDER BY outbox_id LIMIT 1`,
      [id],
    );
    return rows[0];
  });
}

/** When analytics counted an event, as its database says (ISO 8601); undefined when it has not. */
export async function readCounted(url: string, eventId: string): Promise<string | undefined> {
  return asOnlooker(url, async (client) => {
    const { rows } = await client.query<{ at: Date }>('SELECT counted_at AS at FROM inbox WHERE event_id = $1', [
      eventId,
    ]);
    return rows[0]?.at.toISOString();
  });
}

export interface InKafka {
  readonly eventId: string;
  readonly eventType: string;
  readonly key: string;
  readonly bytes: number;
  /** Of the request that caused it, as its header says. */
  readonly traceId: string;
}

/** The record at one place of the log, read by a consumer of its own. @throws Error when it does not come */
export async function readRecord(brokers: string[], at: Place & { readonly topic: string }): Promise<InKafka> {
  const kafka = new Kafka({ clientId: 'npm-run-order', brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `npm-run-order-${randomUUID()}` });
  const found = Promise.withResolvers<InKafka>();
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [at.topic], fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (partition !== at.partition || message.offset !== at.offset) return;
        found.resolve({
          eventId: String(message.headers?.['event-id']),
          eventType: String(message.headers?.['event-type']),
          key: String(message.key),
          bytes: message.value?.length ?? 0,
          traceId: String(message.headers?.traceparent).split('-')[1] ?? '',
        });
      },
    });
    consumer.seek(at);
    const record = await Promise.race([found.promise, sleep(RECORD_MS_MAX, undefined, { ref: false })]);
    if (record) return record;
    throw new Error(`${at.topic} has handed out no record at ${at.partition}/${at.offset} in ${RECORD_MS_MAX} ms`);
  } finally {
    await consumer.disconnect();
  }
}

/** Where an event is in the log. */
export interface Place {
  readonly partition: number;
  readonly offset: string;
}

/** Where in the log the event is, by the span in which analytics counted it, or found it counted before. */
export function placeIn(trace: Trace | undefined): Place | undefined {
  const taken = trace?.spans.find(
    (span) => serviceOf(trace, span) === 'analytics' && tagOf(span, 'message.outcome') !== undefined,
  );
  return (
    taken && {
      partition: Number(tagOf(taken, 'messaging.destination.partition.id')),
      offset: String(tagOf(taken, 'messaging.kafka.offset')),
    }
  );
}

/** The record of the order that was placed in this trace; undefined while analytics has not taken it. */
export async function recordOf(system: Running, trace: Trace | undefined): Promise<(InKafka & Place) | undefined> {
  const place = placeIn(trace);
  return place && { ...place, ...(await readRecord([system.kafkaBroker], { topic: ORDERS_TOPIC, ...place })) };
}
