/** One database at one moment: all that is read inside belongs together, however many orders are placed meanwhile. */
import pg from 'pg';
import { BREACHES_SHOWN_MAX, type Breach, type Question } from './question.ts';

export interface Snapshot {
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Row by row through a cursor, so that a table of any size fits. */
  each<Row extends object>(sql: string, visit: (row: Row) => void): Promise<void>;
  /** `count` gives how many things there are, `breaches` the columns id and what. */
  ask(question: SqlQuestion): Promise<Question>;
}

export interface SqlQuestion {
  readonly looksAt: string;
  readonly count: string;
  readonly breaches: string;
  readonly note?: string;
}

const CONNECT_MS_MAX = 3_000;
// A sum over some 100,000 orders takes a second; what takes a minute waits for a lock, and an auditor must not hang.
const STATEMENT_MS_MAX = 60_000;
const ROWS_PER_FETCH = 5_000;

/** @param held tables that nobody may exchange meanwhile */
export async function inSnapshot<T>(
  url: string,
  work: (snapshot: Snapshot) => Promise<T>,
  held: readonly string[] = [],
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'seams-audit',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
  });
  // A connection that breaks while idle would end the process; the query that was under way says the same.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Before anything is read, for the snapshot is made by the first statement that reads: were it older than the lock,
    // tables could be exchanged in between, and of the new ones it would not see the newest rows.
    if (held.length > 0) await client.query(`LOCK TABLE ${held.join(', ')} IN ACCESS SHARE MODE`);
    const result = await work(snapshotOf(client));
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

/** What is read through this connection, in the transaction that it is in. */
export function snapshotOf(client: Pick<pg.Client, 'query'>): Snapshot {
  const rows = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, [...values])).rows;
  return {
    rows,
    async each<Row extends object>(sql: string, visit: (row: Row) => void): Promise<void> {
      await client.query(`DECLARE audited NO SCROLL CURSOR FOR ${sql}`);
      for (;;) {
        const page = await rows<Row>(`FETCH ${ROWS_PER_FETCH} FROM audited`);
        for (const row of page) visit(row);
        if (page.length < ROWS_PER_FETCH) break;
      }
      await client.query('CLOSE audited');
    },
    async ask({ looksAt, count, breaches, note }) {
      const [counted] = await rows<{ n: string }>(`SELECT (${count})::text AS n`);
      const found = await rows<Breach & { total: string }>(
        `SELECT id::text, what, count(*) OVER ()::text AS total FROM (${breaches}) AS breach ORDER BY id LIMIT ${BREACHES_SHOWN_MAX}`,
      );
      return {
        looksAt,
        lookedAt: Number(counted?.n),
        breachesTotal: Number(found[0]?.total ?? 0),
        breaches: found.map(({ id, what }) => ({ id, what })),
        ...(note === undefined ? {} : { note }),
      };
    },
  };
}
