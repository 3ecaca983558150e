import type { CallContext } from '@seams/call';
import type { GetCafeReportResponse } from '@seams/contracts';
import { type Db, statement } from '@seams/postgres';

// One statement is one snapshot: an event that is counted meanwhile is in all of these numbers or in none.
const READ_REPORT = statement(
  'read_cafe_report',
  `SELECT t.orders AS "ordersTotal", t.revenue_cents AS "revenueTotalCents", t.newest_placed_at AS "asOf",
          m.minute, m.orders, m.revenue_cents AS "revenueCents"
   FROM cafe_totals t
   LEFT JOIN cafe_minutes m ON m.cafe_id = t.cafe_id AND m.minute >= $2 AND m.minute < $3
   WHERE t.cafe_id = $1 ORDER BY m.minute`,
);

interface ReportRow {
  readonly ordersTotal: number;
  readonly revenueTotalCents: number;
  readonly asOf: Date;
  /** Null in the one row of a café without orders in the range. */
  readonly minute: Date | null;
  readonly orders: number;
  readonly revenueCents: number;
}

export const readReport =
  (db: Db) =>
  async (ctx: CallContext, cafeId: string, fromMs: number, toMs: number): Promise<GetCafeReportResponse> => {
    const { rows } = await db.query<ReportRow>(ctx, READ_REPORT, [cafeId, new Date(fromMs), new Date(toMs)]);
    return {
      cafeId,
      minutes: rows.flatMap(({ minute, orders, revenueCents }) =>
        minute ? [{ minuteMs: minute.getTime(), orders, revenueCents }] : [],
      ),
      ordersTotal: rows[0]?.ordersTotal ?? 0,
      revenueTotalCents: rows[0]?.revenueTotalCents ?? 0,
      asOfMs: rows[0]?.asOf.getTime() ?? 0,
    };
  };
