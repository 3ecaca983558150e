import { type CallContext, Failure, remainingMs, rootContext, throwIfOver } from '@seams/call';
import { deadlineOf, inSpan, type Logger, SpanKind } from '@seams/telemetry';
import pg, { type PoolClient } from 'pg';
import { endingInTime, NoAnswerError, type Session } from './cancel.ts';
import { commitWithFaults } from './commit-faults.ts';
import { connectionUrl } from './connection-url.ts';
import { type Connections, openConnections } from './connections.ts';
import { breaksConnection, commitFailureOf, failureOf } from './failure.ts';
import { measuredStatements, type Seen } from './metrics.ts';

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
  /** Commits what `work` did, or nothing; a statement of it that runs ends with its caller. Fails with timed_out/commit_outcome_unknown when only the reply to COMMIT is missing. */
  transaction<T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** One statement that only reads. It ends, in Postgres too, when its caller goes away or its deadline passes. */
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
  /** Instead of the URL's, as it is: not encoded. */
  readonly password?: string | undefined;
  /** Name of the process, seen in pg_stat_activity. */
  readonly applicationName: string;
  /** On two cores nothing was gained above 16. */
  readonly connectionsMax: number;
  readonly log: Logger;
}

const CONNECT_MS_MAX = 1_000;
const PING_MS_MAX = 1_000;
/** A process frozen in the middle of a transaction holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS_MAX = 5_000;

/** For each config.ts that has a database: a request in time must not be taken for a frozen one. */
export const checkIdleTimeout = {
  check: ({ REQUEST_MS_MAX }: { readonly REQUEST_MS_MAX: number }): boolean =>
    REQUEST_MS_MAX < IDLE_IN_TRANSACTION_MS_MAX,
  issue: {
    path: ['REQUEST_MS_MAX'],
    message: `must be below ${IDLE_IN_TRANSACTION_MS_MAX}, the idle_in_transaction_session_timeout of libs/postgres`,
  },
};
// The client gives up this much after the server should have: a living server names the reason itself.
const READ_RESERVE_MS = 50;
// The caller already has its failure to hear about; it does not wait long for the tidying up.
const ROLLBACK_MS_MAX = 200;

export function openDb(options: DbOptions): Db {
  const connectionString = connectionUrl(options.url, options.password);
  const connections = openConnections(
    {
      connectionString,
      application_name: options.applicationName,
      max: options.connectionsMax,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
      keepAlive: true,
      types: TYPES,
    },
    { connectMsMax: CONNECT_MS_MAX, log: options.log },
  );
  const source: Source = { ...options, connections, seen: measuredStatements(options.name) };
  return {
    transaction: (ctx, work) => runTransaction(source, ctx, work),
    query: (ctx, sql, values) => runAlone(source, ctx, { sql, values, whenGone: 'cancel', failureOf }),
    write: (ctx, sql, values) => runAlone(source, ctx, { sql, values, whenGone: 'finish', failureOf: commitFailureOf }),
    connect: async () => {
      const client = new pg.Client({
        connectionString,
        application_name: `${options.applicationName} listen`,
        connectionTimeoutMillis: CONNECT_MS_MAX,
        keepAlive: true,
      });
      await client.connect();
      return client;
    },
    ping: () => ping(source),
    close: () => connections.close(),
  };
}

/** Bounded: a frozen server would keep the caller, and a connection with it, until it thaws. Without a span: it asks every second. */
const ping = (source: Source): Promise<void> =>
  withConnection(source, rootContext({ atMostMs: PING_MS_MAX, signal: NEVER }), async (session) => {
    await session.client
      .query({ text: 'SELECT 1', query_timeout: PING_MS_MAX } as pg.QueryConfig)
      .catch((error: unknown) => {
        session.broken = breaksConnection(error);
        throw error;
      });
  });
const NEVER = new AbortController().signal;

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

interface Source {
  readonly connections: Connections;
  readonly name: string;
  readonly log: Logger;
  readonly seen: Seen;
}

async function runTransaction<T>(source: Source, ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withConnection(source, ctx, async (session) => {
    try {
      // One round trip for both. The server's own bound is for a process of ours that is frozen or gone meanwhile.
      await traced(session, ctx, 'BEGIN', () =>
        control(session, `BEGIN; SET LOCAL statement_timeout = ${timeoutMs(ctx)}`, ctx),
      );
      const value = await work(transactionOver(session, ctx));
      throwIfOver(ctx); // nobody waits: better undone than unknown
      await traced(session, ctx, 'COMMIT', () =>
        commitWithFaults(ctx, `${source.name}.commit`, () => commit(session, ctx)),
      ).catch((error: unknown) => {
        session.broken ||= !(error instanceof Failure); // a Failure was thrown before the COMMIT was sent
        throw commitFailureOf(error);
      });
      return value;
    } catch (error) {
      session.broken ||= breaksConnectionOf(error) || !(await rolledBack(session.client));
      throw failureOf(error);
    }
  });
}

interface Alone {
  readonly sql: Statement;
  readonly values: readonly unknown[] | undefined;
  /** What commits by itself is let finish when its caller goes away: like a COMMIT, whose outcome is worth more. */
  readonly whenGone: 'cancel' | 'finish';
  readonly failureOf: (error: unknown) => Failure;
}

async function runAlone<Row extends object>(source: Source, ctx: CallContext, alone: Alone): Promise<Result<Row>> {
  return withConnection(source, ctx, async (session) => {
    try {
      return await run<Row>(session, ctx, alone);
    } catch (error) {
      session.broken ||= breaksConnectionOf(error);
      throw alone.failureOf(error);
    }
  });
}

/** Gives the connection back in the end, or throws it away when it is broken. */
async function withConnection<T>(
  { connections, log, seen }: Source,
  ctx: CallContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session: Session = { client: await connections.acquire(ctx), log, seen, broken: false };
  try {
    throwIfOver(ctx); // it may have come in the last moment
    return await work(session);
  } finally {
    connections.release(session.client, session.broken);
  }
}

function transactionOver(session: Session, ctx: CallContext): Tx {
  return {
    query: (sql, values) => run(session, ctx, { sql, values, whenGone: 'cancel' }),
    savepoint: async (work) => {
      await control(session, 'SAVEPOINT part', ctx);
      try {
        return await work();
      } catch (error) {
        if (!session.broken && !breaksConnectionOf(error)) await control(session, 'ROLLBACK TO SAVEPOINT part', ctx);
        throw error;
      }
    },
  };
}

async function run<Row extends object>(
  session: Session,
  ctx: CallContext,
  { sql, values = [], whenGone }: Omit<Alone, 'failureOf'>,
): Promise<Result<Row>> {
  throwIfOver(ctx);
  const query = {
    name: sql.name,
    text: sql.text,
    values: [...values],
    query_timeout: remainingMs(ctx) + READ_RESERVE_MS,
  };
  const send = (): Promise<pg.QueryResult<Row>> => session.client.query<Row>(query as pg.QueryConfig);
  return traced(session, ctx, sql.name, async () => {
    try {
      const { rows, rowCount } = await endingInTime(session, ctx, send, whenGone);
      return { rows, rowCount: rowCount ?? 0 };
    } catch (error) {
      // What was going to be read or rolled back anyway: why it ended is that nobody waits.
      if (whenGone === 'cancel' && endedForNobody(error)) throwIfOver(ctx);
      throw error;
    }
  });
}

const endedForNobody = (error: unknown): boolean =>
  error instanceof NoAnswerError || (error instanceof pg.DatabaseError && error.code === '57014');

/** One statement with its span, counted and timed. */
function traced<T>({ seen }: Session, ctx: CallContext, name: string, work: () => Promise<T>): Promise<T> {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name, ...deadlineOf(ctx) };
  const beganAt = performance.now();
  return inSpan(`postgres ${name}`, { kind: SpanKind.CLIENT, attributes }, work).finally(() => {
    seen.statements += 1;
    seen.ms += performance.now() - beganAt;
  });
}

/** A statement of transaction control, with a bound of its own: a frozen server answers nothing at all. */
async function control({ client }: Session, text: string, ctx: CallContext): Promise<pg.QueryResult> {
  return client.query({ text, query_timeout: remainingMs(ctx) + READ_RESERVE_MS } as pg.QueryConfig);
}

/** A transaction one of whose statements failed answers COMMIT with ROLLBACK, and no error. */
async function commit(session: Session, ctx: CallContext): Promise<void> {
  const { command } = await control(session, 'COMMIT', ctx);
  if (command !== 'COMMIT')
    throw new Failure('bug', 'rolled_back_at_commit', 'A failed statement of the transaction was passed over.');
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
