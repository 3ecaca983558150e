import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { connectionUrl } from './connection-url.ts';

/** Any number, the same for all: two migrations of one database never run at once. */
const MIGRATION_LOCK = 5_314_001;

/**
 * Brings a database to the newest schema: every `NNNN-name.sql` of a folder once, in the order of their names, each in
 * a transaction of its own. A file that was changed after it ran is refused: add a new one instead.
 *
 * @returns the names of the files that ran now
 */
export async function migrate(client: pg.Client, folder: string): Promise<string[]> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM schema_migrations',
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
    const ran: string[] = [];
    for (const file of files) {
      if (await apply(client, join(folder, file), file, applied.get(file))) ran.push(file);
    }
    return ran;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

async function apply(
  client: pg.Client,
  path: string,
  file: string,
  appliedChecksum: string | undefined,
): Promise<boolean> {
  const sql = await readFile(path, 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  if (appliedChecksum === checksum) return false;
  if (appliedChecksum !== undefined)
    throw new Error(`${file} was changed after it ran here: undo that, and add a new file`);

  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [file, checksum]);
    await client.query('COMMIT');
    return true;
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Opens a connection as the role that owns the tables, runs `work`, closes it. For migrate.ts of a service. */
export async function asOwner<T>(
  { url, password }: { readonly url: string; readonly password?: string | undefined },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: connectionUrl(url, password) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
