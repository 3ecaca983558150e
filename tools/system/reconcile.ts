/**
 * Corrects what naive requests broke, by the evidence that the naive code wrote (docs/decisions/0013-recorded-corrections.md).
 * The functions belong to the services' own migrations and correct nothing else. Asked for twice, the second time does nothing.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { BY_HAND, type Correction, countText } from '../../audit/corrections.ts';
import type { Running } from './running.ts';

const CONNECT_MS_MAX = 3_000;
const STATEMENT_MS_MAX = 30_000;

const IN_STORAGE = 'SELECT kind, count(*)::int AS count FROM correct_naive_writes($1, $2) GROUP BY kind ORDER BY kind';
const IN_ANALYTICS = 'SELECT kind, sum(orders)::int AS count FROM correct_naive_counts($1, $2) GROUP BY kind';

type Corrected = Pick<Correction, 'kind' | 'count'>;

/** @returns what was corrected, a line each: "2 doubled orders" */
export async function reconcile(system: Pick<Running, 'postgresUrl'>, lab: string = BY_HAND): Promise<string[]> {
  const run = randomUUID();
  // Each as the service that owns the tables: what it may not write itself, the function writes.
  const corrected = [
    ...(await ask(system.postgresUrl('storage', 'storage'), IN_STORAGE, [lab, run])),
    ...(await ask(system.postgresUrl('analytics', 'analytics'), IN_ANALYTICS, [lab, run])),
  ];
  return corrected.map(countText);
}

async function ask(url: string, text: string, values: readonly string[]): Promise<Corrected[]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'seams-reconcile',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
  });
  // A connection that breaks while idle would end the process; the query that was under way says the same.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Corrected>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
