import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Db } from '@seams/postgres';
import { deadlineOf, inSharedSpan, inSpan, type Span, SpanKind } from '@seams/telemetry';
import type { AskedOrder, Settled } from '../orders/commit-order.ts';
import { commitOrders } from '../orders/commit-orders-store.ts';
import { batched, type Member } from './batcher.ts';

export interface GroupCommitOptions {
  readonly db: Db;
  /** Orders in one transaction; 1 turns group commit off. */
  readonly ordersMax: number;
  /** Transactions that run at once. */
  readonly atOnceMax: number;
}

interface Queued {
  readonly asked: AskedOrder;
  readonly span: Span;
}

/**
 * How long a group waits for one lock before its orders go alone. A group holds its locks while its one statement runs (10 ms for
 * 32 orders on an idle machine), so a longer wait is a frozen process or a lab.
 */
const LOCK_MS_MAX = 200;

/**
 * Group commit: orders that arrive at the same time are committed by one statement. Up to `ordersMax` of them share its round trip,
 * its COMMIT and its locks, and each succeeds or is refused by itself (docs/decisions/0010-orders-in-groups.md).
 *
 * A lost reply leaves the whole group unknown, and each order is repeated under its key. When the statement certainly failed, because
 * of a lock or of one order that Postgres can't read, each order goes alone, so that only the faulty one fails. An order of a lab
 * always goes alone, so that its faults strike no other order.
 */
export function groupCommit({ db, ordersMax, atOnceMax }: GroupCommitOptions) {
  const commit = batched<Queued, Settled>({
    sizeMax: ordersMax,
    atOnceMax,
    keyOf: ({ asked: { key } }) => `${key.customerId} ${key.route} ${key.key}`,
    run: (group) => commitGroup(db, group),
  });
  return (ctx: CallContext, asked: AskedOrder): Promise<Settled> =>
    ctx.faults
      ? commitAlone(db, ctx, asked)
      : inSpan('commit order', { kind: SpanKind.INTERNAL, attributes: deadlineOf(ctx) }, (span) =>
          commit(ctx, { asked, span }),
        );
}

async function commitGroup(db: Db, group: readonly Member<Queued, Settled>[]): Promise<void> {
  for (const [index, { item, waitedMs }] of group.entries())
    item.span.setAttributes({ 'group.size': group.length, 'group.place': index + 1, 'group.waited_ms': waitedMs });
  // Until the latest deadline. commit_orders leaves out an order whose own deadline has passed.
  const ctx = { deadlineAt: Math.max(...group.map((member) => member.ctx.deadlineAt)), signal: NEVER_ABORTED };
  try {
    const spans = group.map(({ item }) => item.span);
    const orders = group.map((member) => ({ asked: member.item.asked, waitMs: remainingMs(member.ctx) }));
    const settled = await inSharedSpan(spans, () =>
      commitOrders((sql, values) => db.write(ctx, sql, values), orders, LOCK_MS_MAX),
    );
    for (const [index, member] of group.entries()) member.settle(async () => orThrow(settled[index]));
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const goesAlone = RETRIED_ALONE.has(failure.kind) || failure.reason === 'database_busy';
    for (const member of group) {
      member.settle(async () => {
        if (!goesAlone) throw failure;
        const { asked, span } = member.item;
        span.setAttribute('group.failed', failure.reason);
        return inSharedSpan([span], () => commitAlone(db, member.ctx, asked));
      });
    }
  }
}

const NEVER_ABORTED = new AbortController().signal;

/** Postgres rolled the group back, and an order may succeed without the others. */
const RETRIED_ALONE: ReadonlySet<string> = new Set(['conflict', 'bug'] satisfies Failure['kind'][]);

/** In a transaction of its own: its statements are cancelled with their caller, and a lab's fault may strike its COMMIT. */
const commitAlone = (db: Db, ctx: CallContext, asked: AskedOrder): Promise<Settled> =>
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
