import type { CallContext } from '@seams/call';
import type { OrderPlaced } from '@seams/contracts';
import { type Db, statement } from '@seams/postgres';

export type Counted = 'done' | 'seen_before' | 'event_id_reused';

// Inbox row and totals in one statement: one transaction in one round trip, and no way to write one without the other.
// Each part feeds on the one before, so all take their locks in one order: event, minute, café.
const COUNT_ORDER = statement(
  'count_order',
  `WITH seen AS (
     INSERT INTO inbox (event_id, content_sha256) VALUES ($1, sha256($2::bytea))
     ON CONFLICT (event_id) DO NOTHING RETURNING event_id
   ), minute AS (
     INSERT INTO cafe_minutes AS m (cafe_id, minute, orders, revenue_cents)
     SELECT $3, date_trunc('minute', $5::timestamptz, 'UTC'), 1, $4::bigint FROM seen
     ON CONFLICT (cafe_id, minute) DO UPDATE SET orders = m.orders + 1, revenue_cents = m.revenue_cents + excluded.revenue_cents
     RETURNING cafe_id
   )
   INSERT INTO cafe_totals AS t (cafe_id, orders, revenue_cents, newest_placed_at)
   SELECT cafe_id, 1, $4::bigint, $5::timestamptz FROM minute
   ON CONFLICT (cafe_id) DO UPDATE SET orders = t.orders + 1, revenue_cents = t.revenue_cents + excluded.revenue_cents,
     newest_placed_at = greatest(t.newest_placed_at, excluded.newest_placed_at)`,
);

const IS_SAME_EVENT = statement(
  'is_same_event',
  `SELECT content_sha256 = sha256($2::bytea) AS same FROM inbox WHERE event_id = $1`,
);

/** Counts an event once, however often it comes. */
export const countOnce =
  (db: Db) =>
  async (ctx: CallContext, event: OrderPlaced, payload: Buffer): Promise<Counted> => {
    const { eventId, cafeId, totalCents, placedAtMs } = event;
    const counted = await db.write(ctx, COUNT_ORDER, [eventId, payload, cafeId, totalCents, new Date(placedAtMs)]);
    if (counted.rowCount > 0) return 'done';
    const { rows } = await db.query<{ same: boolean }>(ctx, IS_SAME_EVENT, [eventId, payload]);
    return rows[0]?.same ? 'seen_before' : 'event_id_reused';
  };
