import type { CallContext } from '@seams/call';
import { type Db, statement } from '@seams/postgres';

export interface WaitingEvent {
  readonly outboxId: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly traceparent: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A relay's right to publish: the term rises with each change of holder and fences whoever had it before. */
export interface Lease {
  readonly holder: string;
  readonly term: number;
}

// The holder renews, anyone else may take it once it has run out. One row, one statement: Postgres's clock decides.
const TAKE_LEASE = statement(
  'take_lease',
  `UPDATE relay_lease
   SET holder = $1, term = CASE WHEN holder = $1 THEN term ELSE term + 1 END,
       expires_at = clock_timestamp() + $2::int * interval '1 millisecond'
   WHERE name = 'outbox' AND (holder = $1 OR expires_at < clock_timestamp())
   RETURNING term`,
);

// Its term only: who lost it in between must not find itself leading in another.
const RENEW_LEASE = statement(
  'renew_lease',
  `UPDATE relay_lease SET expires_at = clock_timestamp() + $3::int * interval '1 millisecond'
   WHERE name = 'outbox' AND holder = $1 AND term = $2`,
);

const GIVE_UP_LEASE = statement(
  'give_up_lease',
  `UPDATE relay_lease SET expires_at = '-infinity' WHERE name = 'outbox' AND holder = $1`,
);

// By id, but never "id > last": a row with a lower id may be committed later.
const READ_WAITING = statement(
  'read_waiting',
  `SELECT outbox_id AS "outboxId", event_id AS "eventId", event_type AS "eventType", topic, message_key AS key, payload, traceparent, headers
   FROM outbox WHERE published_at IS NULL ORDER BY outbox_id LIMIT $1`,
);

// A holder whose term is over marks nothing: its successor decides what is published.
const MARK_PUBLISHED = statement(
  'mark_published',
  `UPDATE outbox SET published_at = clock_timestamp()
   WHERE outbox_id = ANY ($1::bigint[]) AND published_at IS NULL
     AND EXISTS (SELECT 1 FROM relay_lease WHERE name = 'outbox' AND holder = $2 AND term = $3)`,
);

// A count over the index of what waits, and one row. Both replicas say the same.
const READ_LAG = statement(
  'read_lag',
  `SELECT count(*) AS waiting, coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)
     FROM outbox WHERE published_at IS NULL ORDER BY outbox_id LIMIT 1), 0) AS "oldestSeconds"
   FROM outbox WHERE published_at IS NULL`,
);

/** How far Kafka is behind the tables. */
export interface Lag {
  readonly waiting: number;
  /** Of the event that is published next; 0 when none waits. */
  readonly oldestSeconds: number;
}

/** Takes or renews the lease; undefined while another holds it. */
export async function takeLease(db: Db, ctx: CallContext, holder: string, leaseMs: number): Promise<Lease | undefined> {
  const { rows } = await db.write<{ term: string }>(ctx, TAKE_LEASE, [holder, leaseMs]);
  return rows[0] && { holder, term: Number(rows[0].term) };
}

/** Whether the lease still holds; if it does, for longer. */
export async function renewLease(db: Db, ctx: CallContext, lease: Lease, leaseMs: number): Promise<boolean> {
  const { rowCount } = await db.write(ctx, RENEW_LEASE, [lease.holder, lease.term, leaseMs]);
  return rowCount === 1;
}

export async function giveUpLease(db: Db, ctx: CallContext, holder: string): Promise<void> {
  await db.write(ctx, GIVE_UP_LEASE, [holder]);
}

export async function readWaiting(db: Db, ctx: CallContext, eventsMax: number): Promise<WaitingEvent[]> {
  const { rows } = await db.query<WaitingEvent>(ctx, READ_WAITING, [eventsMax]);
  return rows;
}

export async function readLag(db: Db, ctx: CallContext): Promise<Lag> {
  const { rows } = await db.query<{ waiting: string; oldestSeconds: string }>(ctx, READ_LAG, []);
  return { waiting: Number(rows[0]?.waiting), oldestSeconds: Number(rows[0]?.oldestSeconds) };
}

/** Marks events as being on Kafka; gives how many were marked. */
export async function markPublished(
  db: Db,
  ctx: CallContext,
  lease: Lease,
  outboxIds: readonly number[],
): Promise<number> {
  const { rowCount } = await db.write(ctx, MARK_PUBLISHED, [outboxIds, lease.holder, lease.term]);
  return rowCount;
}

// With labs only, so that a plan that ends a process does not end the next one too.
const FORGET_FAULTS = statement('forget_faults', 'UPDATE outbox SET headers = headers - $2 WHERE outbox_id = $1');

/** Takes a header off an event that waits. */
export async function forgetHeader(db: Db, ctx: CallContext, outboxId: number, header: string): Promise<void> {
  await db.write(ctx, FORGET_FAULTS, [outboxId, header]);
}
