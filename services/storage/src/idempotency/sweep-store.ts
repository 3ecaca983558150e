import type { CallContext } from '@seams/call';
import { type Db, statement } from '@seams/postgres';

/** Some at a time, so that no sweep holds its locks for long. */
export const KEYS_PER_SWEEP_MAX = 1_000;

// SKIP LOCKED: both replicas sweep, and a key that is being used right now is not old to whoever uses it.
const SWEEP_KEYS = statement(
  'sweep_keys',
  `DELETE FROM idempotency_records
   WHERE (customer_id, route, key) IN (
     SELECT customer_id, route, key FROM idempotency_records
     WHERE created_at < now() - $1::int * interval '1 hour' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

/**
 * Forgets keys older than that, at most KEYS_PER_SWEEP_MAX of them; gives how many. A repetition that comes later than
 * that is a new request: the client was told so (docs/decisions/0007-one-answer-per-key.md).
 */
export async function sweepKeys(db: Db, ctx: CallContext, keepHours: number): Promise<number> {
  const { rowCount } = await db.write(ctx, SWEEP_KEYS, [keepHours, KEYS_PER_SWEEP_MAX]);
  return rowCount;
}
