import { randomBytes } from 'node:crypto';
import { migrate } from '@seams/postgres';
import pg from 'pg';

export interface TestDatabase {
  /** As the service connects: the role with only the grants that the migrations give it. */
  readonly url: string;
  /** As the migrations connect. */
  readonly ownerUrl: string;
  /** Runs SQL as the owner, to look at the tables from outside. */
  ask<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A database of its own for one test file, on the Postgres of SEAMS_TEST_POSTGRES_URL, migrated from `folder`. */
export async function testDatabase(service: 'auth' | 'storage' | 'analytics', folder: string): Promise<TestDatabase> {
  const superuserUrl = process.env.SEAMS_TEST_POSTGRES_URL;
  if (!superuserUrl) throw new Error('SEAMS_TEST_POSTGRES_URL is not set: run this with npm test -- --only contract');
  const name = `${service}_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');

  // Roles belong to the whole cluster and the migrations grant to them by name, so this one is shared by all files;
  // each file gets login roles of its own, the service's a member of it.
  await withClient(superuserUrl, async (client) => {
    await client.query(
      `DO $$ BEGIN CREATE ROLE ${service}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    );
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE ${service}`);
    await client.query(`CREATE ROLE ${name}_owner LOGIN PASSWORD '${password}'`);
    await client.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
  });
  const urlOf = (role: string): string => {
    const url = new URL(superuserUrl);
    url.username = role;
    url.password = password;
    url.pathname = `/${name}`;
    return url.href;
  };
  const owner = new pg.Client({ connectionString: urlOf(`${name}_owner`) });
  await owner.connect();
  await migrate(owner, folder);

  return {
    url: urlOf(name),
    ownerUrl: urlOf(`${name}_owner`),
    ask: async <Row extends object>(sql: string, values: unknown[] = []) => (await owner.query<Row>(sql, values)).rows,
    drop: async () => {
      await owner.end();
      await withClient(superuserUrl, async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        await client.query(`DROP ROLE ${name}, ${name}_owner`);
      });
    },
  };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
