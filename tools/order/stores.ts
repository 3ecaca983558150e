/** What each store holds of one order, read from outside: SQL, and the record itself from Kafka. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { services } from '../../topology.ts';
import { superuser } from '../infrastructure/postgres-roles.ts';
import { readLog, withAdmin } from '../kafka/read-log.ts';
import type { Running } from '../system/running.ts';
import { type Trace, tagOf } from './trace.ts';

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
  /** By the clock of Postgres, Unix ms. */
  readonly writtenAtMs: number;
}

/** The event of an order, by the id of the order or of the trace in which it was placed; undefined when there is none. */
export async function readOutbox(url: string, id: string): Promise<InOutbox | undefined> {
  return asOnlooker(url, async (client) => {
    const { rows } = await client.query<InOutbox>(
      `SELECT message_key AS "orderId", event_id AS "eventId", split_part(traceparent, '-', 2) AS "traceId",
              published_at IS NOT NULL AS published,
              (extract(epoch FROM created_at) * 1000)::float8 AS "writtenAtMs"
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

/** Where in the log the event is, by the span of its consumer; undefined when the trace does not hold it, which says nothing about the event. */
export function placeIn(trace: Trace | undefined): Place | undefined {
  const taken = trace?.spans.find((span) => tagOf(span, 'message.outcome') !== undefined);
  return (
    taken && {
      partition: Number(tagOf(taken, 'messaging.destination.partition.id')),
      offset: String(tagOf(taken, 'messaging.kafka.offset')),
    }
  );
}

/** The relay's clock may be behind that of Postgres. */
const CLOCKS_APART_MS_MAX = 60_000;

/** Where in the log the event is, by reading the log from when the event was written; undefined when it is not there. */
export async function placeInLog(
  broker: string,
  { eventId, writtenAtMs }: Pick<InOutbox, 'eventId' | 'writtenAtMs'>,
): Promise<Place | undefined> {
  const kafka = new Kafka({ clientId: 'npm-run-find', brokers: [broker], logLevel: logLevel.NOTHING });
  const offsets = await withAdmin(kafka, (admin) =>
    admin.fetchTopicOffsetsByTimestamp(ORDERS_TOPIC, Math.floor(writtenAtMs) - CLOCKS_APART_MS_MAX),
  );
  const starts = new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  let found: Place | undefined;
  const options = { topics: [ORDERS_TOPIC], starts, name: 'npm-run-find', readMsMax: RECORD_MS_MAX };
  await readLog(kafka, options, (_, partition, message) => {
    if (String(message.headers?.['event-id']) === eventId) found ??= { partition, offset: message.offset };
  });
  return found;
}

export interface EventInStores {
  readonly event: InOutbox;
  readonly record: (InKafka & Place) | undefined;
  /** ISO 8601; undefined when analytics' inbox does not hold it. */
  readonly countedAt: string | undefined;
}

/** What outbox, log and inbox hold of an event. Its trace only spares the search in the log. */
export async function eventInStores(
  system: Running,
  event: InOutbox,
  trace: Trace | undefined,
): Promise<EventInStores> {
  const place = placeIn(trace) ?? (event.published ? await placeInLog(system.kafkaBroker, event) : undefined);
  return {
    event,
    record: place && { ...place, ...(await readRecord([system.kafkaBroker], { topic: ORDERS_TOPIC, ...place })) },
    countedAt: await readCounted(system.postgresUrl(superuser, 'analytics'), event.eventId),
  };
}

/** Why there is no record to show. */
export const withoutRecord = ({ eventId, published }: InOutbox): string =>
  published ? `event ${eventId} was published; the log does not hold it` : `event ${eventId} waits in the outbox`;

export const countedText = ({ event, countedAt }: EventInStores): string =>
  countedAt === undefined
    ? `has not counted event ${event.eventId} yet`
    : `counted event ${event.eventId} at ${countedAt}`;
