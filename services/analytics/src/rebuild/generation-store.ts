/**
 * A second generation of the tables in a schema of its own, and its exchange for the first. Whoever counts into it says
 * `search_path = rebuilt` and uses the very statements of totals-store.ts.
 */
import type { CallContext } from '@seams/call';
import { type Db, statement } from '@seams/postgres';
import type { CafeTotal, Difference, MinuteTotal, Pair } from './difference.ts';

/** One connection of the role that owns the tables, for as long as the rebuild takes. */
export interface OwnerSession {
  query(text: string, values?: unknown[]): Promise<{ rows: object[] }>;
}

export const REBUILT = 'rebuilt';
/** Any number, the same for all: two rebuilds of one database never run at once. The lock ends with its connection. */
const REBUILD_LOCK = 5_314_002;
// In this order a running statement takes its locks (the prepared ones: café first) and a report too. In another order
// the exchange and a count could each hold what the other wants.
const TABLES = ['cafe_totals', 'inbox', 'cafe_minutes'] as const;
const listOf = (schema: string): string => TABLES.map((table) => `${schema}.${table}`).join(', ');

/** @returns false when another rebuild is at work */
export async function takeRebuildLock(owner: OwnerSession): Promise<boolean> {
  const { rows } = await owner.query('SELECT pg_try_advisory_lock($1) AS taken', [REBUILD_LOCK]);
  return (rows[0] as { taken: boolean }).taken;
}

// The grants as they are on the living tables, whatever the migrations have made of them.
const GRANTS = `
  SELECT format('GRANT %s ON ${REBUILT}.%I TO %s', privilege_type, relname, grantee::regrole) AS grant_table,
         format('GRANT USAGE ON SCHEMA ${REBUILT} TO %s', grantee::regrole) AS grant_schema
  FROM pg_class, aclexplode(relacl)
  WHERE oid = ANY ($1::regclass[]) AND grantee <> relowner AND grantee <> 0`;

/** Empty tables like the living ones; drops what a rebuild that died has left. @returns the schema's version */
export async function beginGeneration(owner: OwnerSession): Promise<string> {
  await owner.query('BEGIN');
  try {
    await owner.query(`DROP SCHEMA IF EXISTS ${REBUILT} CASCADE; CREATE SCHEMA ${REBUILT}`);
    for (const table of TABLES)
      await owner.query(`CREATE TABLE ${REBUILT}.${table} (LIKE public.${table} INCLUDING ALL)`);
    const { rows } = await owner.query(GRANTS, [TABLES.map((table) => `public.${table}`)]);
    for (const row of rows as { grant_table: string; grant_schema: string }[])
      await owner.query(`${row.grant_table}; ${row.grant_schema}`);
    const version = await versionOf(owner);
    await owner.query('COMMIT');
    return version;
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
}

async function versionOf(owner: OwnerSession): Promise<string> {
  const { rows } = await owner.query('SELECT max(name) AS version FROM public.schema_migrations');
  return (rows[0] as { version: string }).version;
}

export async function dropGeneration(owner: OwnerSession): Promise<void> {
  await owner.query(`DROP SCHEMA IF EXISTS ${REBUILT} CASCADE`);
}

const NOT_COUNTED_LIVE = statement(
  'not_counted_live',
  `SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM public.inbox WHERE event_id = id)`,
);

/** Those of these events that the living tables do not hold. */
export const notCountedLive =
  (db: Db) =>
  async (ctx: CallContext, eventIds: readonly string[]): Promise<string[]> =>
    (await db.query<{ id: string }>(ctx, NOT_COUNTED_LIVE, [eventIds])).rows.map(({ id }) => id);

const DIFFERENCE = `
  SELECT coalesce(l.event_id, r.event_id) AS id,
         CASE WHEN r.event_id IS NULL THEN 'only_live' WHEN l.event_id IS NULL THEN 'only_rebuilt' ELSE 'other_content' END AS kind
  FROM public.inbox l FULL JOIN ${REBUILT}.inbox r USING (event_id)
  WHERE l.content_sha256 IS DISTINCT FROM r.content_sha256`;

/** Which events the two generations do not have in common. */
export async function readDifference(owner: OwnerSession): Promise<Difference> {
  const rows = (await owner.query(DIFFERENCE)).rows as { id: string; kind: string }[];
  const idsOf = (kind: string): string[] => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  return { onlyLive: idsOf('only_live'), onlyRebuilt: idsOf('only_rebuilt'), otherContent: idsOf('other_content') };
}

export interface Exchange {
  /** As beginGeneration gave it. */
  readonly version: string;
  readonly patient: boolean;
  /** Whether what the living tables hold and the new ones do not may be left behind. */
  mayLeave(onlyLive: readonly string[]): boolean;
  /** Resolves when nothing more is counted into the new tables. */
  still(): Promise<void>;
}

export interface Exchanged {
  readonly difference: Difference;
  readonly totals: readonly Pair<CafeTotal>[];
  /** Only those that differ. */
  readonly minutes: readonly Pair<MinuteTotal>[];
}

// Reports wait as long as the exchange waits for its last lock, and have 1 s; so it lets go long before. Now and then it
// waits for more than a second (deadlock_timeout): then Postgres ends an autovacuum that stands in the way.
const LOCK_MS_MAX = 300;
const LOCK_PATIENT_MS_MAX = 1_200;
const CATCH_UP_LOOKS_MAX = 20;
const CATCH_UP_PAUSE_S = 0.025;

/**
 * Puts the new tables into the living ones' place, in one transaction. First nobody may write, while the rebuild
 * catches up the last few events; then, for the renaming alone, nobody may read. Open connections find the new tables
 * under the old names: their prepared statements are analysed again, because what they were made for is gone.
 *
 * @returns undefined when it let go without a change: a lock did not come in time, or too much was still missing
 */
export async function exchange(owner: OwnerSession, plan: Exchange): Promise<Exchanged | undefined> {
  await owner.query('BEGIN');
  try {
    await owner.query(`SET LOCAL lock_timeout = ${plan.patient ? LOCK_PATIENT_MS_MAX : LOCK_MS_MAX}`);
    await owner.query(`LOCK TABLE ${listOf('public')} IN EXCLUSIVE MODE`);
    if ((await versionOf(owner)) !== plan.version) throw new Error('a migration ran meanwhile: rebuild again');
    if (!(await caughtUp(owner, plan))) {
      await owner.query('ROLLBACK');
      return undefined;
    }
    await plan.still();
    const exchanged = await compared(owner);
    await owner.query(`LOCK TABLE ${listOf('public')} IN ACCESS EXCLUSIVE MODE`);
    await owner.query(`DROP TABLE ${listOf('public')}`);
    for (const table of TABLES) await owner.query(`ALTER TABLE ${REBUILT}.${table} SET SCHEMA public`);
    await owner.query(`DROP SCHEMA ${REBUILT}`);
    // The new tables count each event once: a correction of what the old ones counted twice would take it off again.
    await owner.query('DELETE FROM public.naive_counts WHERE correction_id IS NULL');
    await committed(owner);
    return exchanged;
  } catch (error) {
    await owner.query('ROLLBACK').catch(() => undefined); // the connection is gone, and with it the transaction
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return undefined;
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

async function caughtUp(owner: OwnerSession, plan: Exchange): Promise<boolean> {
  for (let looks = 0; looks < CATCH_UP_LOOKS_MAX; looks++) {
    if (plan.mayLeave((await readDifference(owner)).onlyLive)) return true;
    await owner.query('SELECT pg_sleep($1)', [CATCH_UP_PAUSE_S]);
  }
  return false;
}

async function committed(owner: OwnerSession): Promise<void> {
  await owner.query('COMMIT').catch((error: unknown) => {
    const text = 'the connection broke while the tables were exchanged, so nobody knows which stand: run it again';
    throw new Error(text, { cause: error });
  });
}

const TOTALS = `
  SELECT cafe_id AS "cafeId",
         coalesce(l.orders, 0)::float8 AS "liveOrders", coalesce(l.revenue_cents, 0)::float8 AS "liveCents",
         coalesce(r.orders, 0)::float8 AS "rebuiltOrders", coalesce(r.revenue_cents, 0)::float8 AS "rebuiltCents"
  FROM public.cafe_totals l FULL JOIN ${REBUILT}.cafe_totals r USING (cafe_id) ORDER BY cafe_id`;

const MINUTES = `
  SELECT cafe_id AS "cafeId", (extract(epoch FROM minute) * 1000)::float8 AS "minuteMs",
         coalesce(l.orders, 0)::float8 AS "liveOrders", coalesce(l.revenue_cents, 0)::float8 AS "liveCents",
         coalesce(r.orders, 0)::float8 AS "rebuiltOrders", coalesce(r.revenue_cents, 0)::float8 AS "rebuiltCents"
  FROM public.cafe_minutes l FULL JOIN ${REBUILT}.cafe_minutes r USING (cafe_id, minute)
  WHERE (l.orders, l.revenue_cents) IS DISTINCT FROM (r.orders, r.revenue_cents) ORDER BY cafe_id, minute`;

async function compared(owner: OwnerSession): Promise<Exchanged> {
  const difference = await readDifference(owner);
  const totals = (await owner.query(TOTALS)).rows as Pair<CafeTotal>[];
  const minutes = (await owner.query(MINUTES)).rows as Pair<MinuteTotal>[];
  return { difference, totals, minutes };
}
