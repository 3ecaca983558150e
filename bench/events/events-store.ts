/** The outbox and what was counted, looked at from outside, on Postgres's own clock; and the relay's lease, held. */
import pg from 'pg';

/** One event, by milliseconds of Unix time. Each instant is the begin of its statement, but `publishedAt`. */
export interface EventTimes {
  /** Its order's commit. */
  readonly committedAt: number;
  /** It was marked as being on Kafka. */
  readonly publishedAt: number;
  readonly countedAt: number;
}

export interface Stores {
  readonly storage: pg.Client;
  readonly analytics: pg.Client;
  /** As the owner of storage's tables: nobody else may take the lease away. */
  readonly owner: pg.Client;
  close(): Promise<void>;
}

export async function openStores(urls: {
  readonly storage: string;
  readonly analytics: string;
  readonly owner: string;
}): Promise<Stores> {
  const open = async (connectionString: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const [storage, analytics, owner] = await Promise.all([open(urls.storage), open(urls.analytics), open(urls.owner)]);
  const close = async (): Promise<void> => {
    await Promise.all([storage, analytics, owner].map((client) => client.end()));
  };
  return { storage, analytics, owner, close };
}

/** A holder that never publishes: events pile up, and the relays go on asking. */
export async function holdLease({ owner }: Stores): Promise<void> {
  await owner.query(
    `UPDATE relay_lease SET holder = 'bench', term = term + 1, expires_at = 'infinity' WHERE name = 'outbox'`,
  );
}

export async function releaseLease({ owner }: Stores): Promise<void> {
  await owner.query(`UPDATE relay_lease SET expires_at = '-infinity' WHERE name = 'outbox' AND holder = 'bench'`);
}

/** Of Postgres, in ms of Unix time. */
export async function clockNow({ storage }: Stores): Promise<number> {
  const { rows } = await storage.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  return rows[0]?.ms ?? 0;
}

export async function waiting({ storage }: Stores): Promise<number> {
  const { rows } = await storage.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL',
  );
  return rows[0]?.n ?? 0;
}

/** Of the events that were written from `from` on, up to and without `to`. */
export async function writtenIn({ storage }: Stores, from: number, to: number): Promise<number> {
  const { rows } = await storage.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM outbox
     WHERE created_at >= to_timestamp($1::float8 / 1000) AND created_at < to_timestamp($2::float8 / 1000)`,
    [from, to],
  );
  return rows[0]?.n ?? 0;
}

interface Written {
  readonly id: string;
  readonly committedAt: number;
  readonly publishedAt: number;
}

/** Those that are both published and counted. */
export async function timesOf({ storage, analytics }: Stores, from: number, to: number): Promise<EventTimes[]> {
  const written = await storage.query<Written>(
    `SELECT event_id AS id, (extract(epoch FROM created_at) * 1000)::float8 AS "committedAt",
       (extract(epoch FROM published_at) * 1000)::float8 AS "publishedAt"
     FROM outbox WHERE published_at IS NOT NULL
       AND created_at >= to_timestamp($1::float8 / 1000) AND created_at < to_timestamp($2::float8 / 1000)`,
    [from, to],
  );
  const counted = await analytics.query<{ id: string; countedAt: number }>(
    'SELECT event_id AS id, (extract(epoch FROM counted_at) * 1000)::float8 AS "countedAt" FROM inbox WHERE event_id = ANY ($1::uuid[])',
    [written.rows.map(({ id }) => id)],
  );
  const countedAt = new Map(counted.rows.map((row) => [row.id, row.countedAt]));
  return written.rows.flatMap(({ id, committedAt, publishedAt }) => {
    const at = countedAt.get(id);
    return at === undefined ? [] : [{ committedAt, publishedAt, countedAt: at }];
  });
}
