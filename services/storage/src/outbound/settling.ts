import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Db } from '@seams/postgres';
import { deadlineOf, inSharedSpan, inSpan, type Span, SpanKind } from '@seams/telemetry';
import type { AskedOrder, Settled } from '../orders/commit-order.ts';
import { commitOrders } from '../orders/commit-orders-store.ts';
import { grouped, type Member } from './grouping.ts';

export interface SettlingOptions {
  readonly db: Db;
  /** In one transaction at most; 1 for none that share one. */
  readonly ordersMax: number;
  /** Transactions of several orders at once. */
  readonly atOnceMax: number;
}

/** One order in a group. */
interface Waiting {
  readonly asked: AskedOrder;
  readonly span: Span;
}

/**
 * How long a group waits for one lock before it falls apart. No group holds a lock for longer than its one statement runs
 * (10 ms for 32 orders on an idle machine), so whoever does is a frozen process or a lab.
 */
const LOCK_MS_MAX = 200;

/**
 * Settles orders with others that come at the same time, in one statement that commits by itself: up to `ordersMax` share
 * its round trip, its COMMIT and its locks, and each succeeds or is refused by itself
 * (docs/decisions/0010-orders-in-groups.md).
 *
 * What if the reply is lost? Then nobody of the group knows, and each repeats its key. What if all of it fails for
 * certain, because of a lock that does not come or of one order that Postgres cannot read? Then each goes alone, so that
 * only the one to blame has its failure. An order with faults always goes alone: they strike nobody else.
 */
export function settlingOrders({ db, ordersMax, atOnceMax }: SettlingOptions) {
  const settle = grouped<Waiting, Settled>({
    sizeMax: ordersMax,
    atOnceMax,
    nameOf: ({ asked: { key } }) => `${key.customerId} ${key.route} ${key.key}`,
    send: (group) => settleTogether(db, group),
  });
  return (ctx: CallContext, asked: AskedOrder): Promise<Settled> =>
    ctx.faults
      ? settleAlone(db, ctx, asked)
      : inSpan('commit order', { kind: SpanKind.INTERNAL, attributes: deadlineOf(ctx) }, (span) =>
          settle(ctx, { asked, span }),
        );
}

async function settleTogether(db: Db, group: readonly Member<Waiting, Settled>[]): Promise<void> {
  for (const [index, { item, waitedMs }] of group.entries())
    item.span.setAttributes({ 'group.size': group.length, 'group.place': index + 1, 'group.waited_ms': waitedMs });
  // It runs as long as somebody waits for it; who is over by then is left out (commit_orders), or has its failure already.
  const ctx = { deadlineAt: Math.max(...group.map((member) => member.ctx.deadlineAt)), signal: NEVER };
  try {
    const spans = group.map(({ item }) => item.span);
    const waiting = group.map((member) => ({ asked: member.item.asked, waitMs: remainingMs(member.ctx) }));
    const settled = await inSharedSpan(spans, () =>
      commitOrders((sql, values) => db.write(ctx, sql, values), waiting, LOCK_MS_MAX),
    );
    for (const [index, member] of group.entries()) member.settle(async () => orThrow(settled[index]));
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const anew = GOES_ALONE.has(failure.kind) || failure.reason === 'database_busy';
    for (const member of group) {
      member.settle(async () => {
        if (!anew) throw failure;
        const { asked, span } = member.item;
        span.setAttribute('group.failed', failure.reason);
        return inSharedSpan([span], () => settleAlone(db, member.ctx, asked));
      });
    }
  }
}

const NEVER = new AbortController().signal;

/** Postgres said that it rolled back, and the next attempt may go better without the others. */
const GOES_ALONE: ReadonlySet<string> = new Set(['conflict', 'bug'] satisfies Failure['kind'][]);

/** In a transaction of its own, whose statements end with their caller and whose COMMIT a lab may strike. */
const settleAlone = (db: Db, ctx: CallContext, asked: AskedOrder): Promise<Settled> =>
  db.transaction(ctx, async (tx) => {
    const [settled] = await commitOrders(
      (sql, values) => tx.query(sql, values),
      [{ asked, waitMs: remainingMs(ctx) }],
      0,
    );
    return orThrow(settled);
  });

function orThrow(settled: Settled | Failure | undefined): Settled {
  if (settled === undefined) throw new Error('commit_orders left an order out');
  if (settled instanceof Failure) throw settled;
  return settled;
}
