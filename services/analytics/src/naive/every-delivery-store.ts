import type { CallContext } from '@seams/call';
import type { OrderPlaced } from '@seams/contracts';
import { type Db, statement } from '@seams/postgres';
import type { Counted } from '../orders/totals-store.ts';

// As COUNT_ORDER of totals-store.ts, but that nothing hangs on the inbox row: it is written for the auditor, who asks
// which events the totals should hold. A surplus count is noted for the reconciliation (migrations/0002-corrections.sql).
const COUNT_DELIVERY = statement(
  'count_delivery',
  `WITH seen AS (
     INSERT INTO inbox (event_id, content_sha256) VALUES ($1, sha256($2::bytea)) ON CONFLICT (event_id) DO NOTHING
     RETURNING event_id
   ), surplus AS (
     INSERT INTO naive_counts (event_id, cafe_id, minute, revenue_cents)
     SELECT $1, $3, date_trunc('minute', $5::timestamptz, 'UTC'), $4::bigint WHERE NOT EXISTS (SELECT FROM seen)
   ), minute AS (
     INSERT INTO cafe_minutes AS m (cafe_id, minute, orders, revenue_cents)
     VALUES ($3, date_trunc('minute', $5::timestamptz, 'UTC'), 1, $4::bigint)
     ON CONFLICT (cafe_id, minute) DO UPDATE SET orders = m.orders + 1, revenue_cents = m.revenue_cents + excluded.revenue_cents
   )
   INSERT INTO cafe_totals AS t (cafe_id, orders, revenue_cents, newest_placed_at)
   VALUES ($3, 1, $4::bigint, $5::timestamptz)
   ON CONFLICT (cafe_id) DO UPDATE SET orders = t.orders + 1, revenue_cents = t.revenue_cents + excluded.revenue_cents,
     newest_placed_at = greatest(t.newest_placed_at, excluded.newest_placed_at)`,
);

/**
 * What a consumer does that takes "at least once" for "once": each delivery counts, so a repeat makes the totals too
 * high. For labs, to count what the inbox buys.
 */
export const countEveryDelivery =
  (db: Db) =>
  async (ctx: CallContext, event: OrderPlaced, payload: Buffer): Promise<Counted> => {
    const { eventId, cafeId, totalCents, placedAtMs } = event;
    await db.write(ctx, COUNT_DELIVERY, [eventId, payload, cafeId, totalCents, new Date(placedAtMs)]);
    return 'done';
  };
