import { type CallContext, Failure, remainingMs, throwIfOver } from '@seams/call';
import { inSpan, type Logger, SpanKind } from '@seams/telemetry';
import pg, { type Pool, type PoolClient } from 'pg';
import { commitWithFaults } from './commit-faults.ts';
import { breaksConnection, commitFailureOf, failureOf } from './failure.ts';

/** SQL with the name that its span and its prepared statement carry. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export const statement = (name: string, text: string): Statement => ({ name, text });

export interface Result<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/** An open transaction. The only thing in scope that can touch the database, so nothing runs beside it by mistake. */
export interface Tx {
  query<Row extends object = object>(sql: Statement, values?: readonly unknown[]): Promise<Result<Row>>;
  /** Runs `work`; when it throws, what it wrote is undone and the transaction goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface Db {
  /** Commits what `work` did, or nothing. Fails with timed_out/commit_outcome_unknown when only the reply to COMMIT is missing. */
  transaction<T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** One statement that only reads. */
  query<Row extends object = object>(
    ctx: CallContext,
    sql: Statement,
    values?: readonly unknown[],
  ): Promise<Result<Row>>;
  /** One statement that writes, and commits by itself: when its reply is missing the outcome is unknown, as at COMMIT. */
  write<Row extends object = object>(
    ctx: CallContext,
    sql: Statement,
    values?: readonly unknown[],
  ): Promise<Result<Row>>;
  /** A connection of its own for LISTEN; the caller ends it. */
  connect(): Promise<pg.Client>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DbOptions {
  /** For example "storage": a lab's fault plan names the commit by it, "storage.commit". */
  readonly name: string;
  readonly url: string;
  /** Name of the process, seen in pg_stat_activity. */
  readonly applicationName: string;
  /** On two cores nothing was gained above 16. */
  readonly connectionsMax: number;
  readonly log: Logger;
}

const CONNECT_MS_MAX = 1_000;
// A process frozen in the middle of a transaction holds its locks no longer than this.
const IDLE_IN_TRANSACTION_MS_MAX = 5_000;
// The client gives up this much after the server should have: a living server names the reason itself.
const READ_RESERVE_MS = 50;
// The caller already has its failure to hear about; it does not wait long for the tidying up.
const ROLLBACK_MS_MAX = 200;

export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connectionsMax,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
    types: TYPES,
  });
  // A connection that breaks says so to whoever waits on it, and is replaced at the next use. It also emits an error,
  // which ends the process when nobody listens: the pool does for idle ones, this does for those in use.
  pool.on('error', (error) => options.log.warn({ error: error.message }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => options.log.warn({ error: error.message }, 'a database connection broke'));
  });

  return {
    transaction: (ctx, work) => runTransaction({ pool, name: options.name }, ctx, work),
    query: (ctx, sql, values) => runAlone(pool, ctx, { sql, values, failureOf }),
    write: (ctx, sql, values) => runAlone(pool, ctx, { sql, values, failureOf: commitFailureOf }),
    connect: async () => {
      const client = new pg.Client({
        connectionString: options.url,
        application_name: `${options.applicationName} listen`,
        keepAlive: true,
      });
      await client.connect();
      return client;
    },
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}

const BIGINT_OID = 20;

/** bigint as a number: every amount and id of ours fits, and one that does not must not be rounded in silence. */
const TYPES = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid !== BIGINT_OID) return pg.types.getTypeParser(oid, format as 'text');
    return (text: string): number => {
      const value = Number(text);
      if (!Number.isSafeInteger(value)) throw new RangeError(`a bigint of the database does not fit: ${text}`);
      return value;
    };
  },
} as pg.CustomTypesConfig;

async function runTransaction<T>(
  { pool, name }: { pool: Pool; name: string },
  ctx: CallContext,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await acquire(pool, ctx);
  let broken = false;
  try {
    // One round trip for both: every statement below gives up by the caller's deadline.
    await traced('BEGIN', () => control(client, `BEGIN; SET LOCAL statement_timeout = ${timeoutMs(ctx)}`, ctx));
    const value = await work(transactionOver(client, ctx));
    throwIfOver(ctx); // nobody waits: better undone than unknown
    await traced('COMMIT', () => commitWithFaults(ctx, `${name}.commit`, () => control(client, 'COMMIT', ctx))).catch(
      (error: unknown) => {
        broken = !(error instanceof Failure); // a Failure was thrown before the COMMIT was sent
        throw commitFailureOf(error);
      },
    );
    return value;
  } catch (error) {
    if (!broken) broken = breaksConnectionOf(error) || !(await rolledBack(client));
    throw failureOf(error);
  } finally {
    client.release(broken);
  }
}

interface Alone {
  readonly sql: Statement;
  readonly values: readonly unknown[] | undefined;
  readonly failureOf: (error: unknown) => Failure;
}

async function runAlone<Row extends object>(pool: Pool, ctx: CallContext, alone: Alone): Promise<Result<Row>> {
  const client = await acquire(pool, ctx);
  let broken = false;
  try {
    return await run<Row>(client, ctx, alone.sql, alone.values ?? []);
  } catch (error) {
    broken = breaksConnectionOf(error);
    throw alone.failureOf(error);
  } finally {
    client.release(broken);
  }
}

function transactionOver(client: PoolClient, ctx: CallContext): Tx {
  return {
    query: (sql, values = []) => run(client, ctx, sql, values),
    savepoint: async (work) => {
      await control(client, 'SAVEPOINT part', ctx);
      try {
        return await work();
      } catch (error) {
        if (!breaksConnectionOf(error)) await control(client, 'ROLLBACK TO SAVEPOINT part', ctx);
        throw error;
      }
    },
  };
}

function run<Row extends object>(
  client: PoolClient,
  ctx: CallContext,
  sql: Statement,
  values: readonly unknown[],
): Promise<Result<Row>> {
  throwIfOver(ctx);
  const query = {
    name: sql.name,
    text: sql.text,
    values: [...values],
    query_timeout: remainingMs(ctx) + READ_RESERVE_MS,
  };
  return traced(sql.name, async () => {
    const { rows, rowCount } = await client.query<Row>(query as pg.QueryConfig);
    return { rows, rowCount: rowCount ?? 0 };
  });
}

function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
  return inSpan(`postgres ${name}`, { kind: SpanKind.CLIENT, attributes }, work);
}

/** A connection of the pool, or a failure by the deadline; one that comes too late goes back unused. */
async function acquire(pool: Pool, ctx: CallContext): Promise<PoolClient> {
  throwIfOver(ctx);
  const coming = pool.connect();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Failure('unavailable', 'database_busy', 'No database connection came free before the deadline.'));
    coming.then(
      (client) => client.release(),
      () => undefined,
    ); // its failure was answered already
  }, remainingMs(ctx));
  try {
    return await Promise.race([coming, late.promise]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A statement of transaction control, with a bound of its own: a frozen server answers nothing at all. */
async function control(client: PoolClient, text: string, ctx: CallContext): Promise<void> {
  await client.query({ text, query_timeout: remainingMs(ctx) + READ_RESERVE_MS } as pg.QueryConfig);
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query({ text: 'ROLLBACK', query_timeout: ROLLBACK_MS_MAX } as pg.QueryConfig).then(
    () => true,
    () => false, // the connection is thrown away, and Postgres rolls back what it loses
  );
}

const breaksConnectionOf = (error: unknown): boolean => !(error instanceof Failure) && breaksConnection(error);

// statement_timeout = 0 would mean none at all.
const timeoutMs = (ctx: CallContext): number => Math.max(1, Math.floor(remainingMs(ctx)));
