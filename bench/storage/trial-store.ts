/** What a trial begins with, and what it must have come to. */
import pg from 'pg';

export interface Seeded {
  readonly customers: readonly string[];
  readonly items: readonly string[];
}

export const CAFE = 'harbour';
export const PRICE_CENTS = 220;
const UNITS = 1_000_000;
const CENTS = 1_000_000_000;

/** So many wallets and counters, filled so that nothing runs out. */
export async function seed(ownerUrl: string, customers: number, items: number): Promise<Seeded> {
  const ask = async <Row extends object>(client: pg.Client, text: string, values: unknown[]): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows;
  return withClient(ownerUrl, async (client) => {
    await client.query(`INSERT INTO cafes VALUES ('${CAFE}', 'Harbour Café', 'Hamburg')`);
    const wallets = await ask<{ id: string }>(
      client,
      'INSERT INTO wallets SELECT gen_random_uuid(), $2 FROM generate_series(1, $1::int) RETURNING customer_id AS id',
      [customers, CENTS],
    );
    const counters = await ask<{ id: string }>(
      client,
      `INSERT INTO menu_items SELECT '${CAFE}-' || n, '${CAFE}', 'Espresso', $2, $3, $3, n FROM generate_series(1, $1::int) n RETURNING item_id AS id`,
      [items, PRICE_CENTS, UNITS],
    );
    // Not the empty tables: Postgres would take them for empty from then on, and check foreign keys by reading all of them.
    await client.query('ANALYZE wallets, menu_items');
    return { customers: wallets.map(({ id }) => id), items: counters.map(({ id }) => id) };
  });
}

/** What the tables say was done, each from another table. Equal, or something was lost or done twice. */
export interface Sums {
  readonly orders: number;
  readonly keys: number;
  readonly events: number;
  readonly unitsSold: number;
  readonly unitsMoved: number;
  readonly ordersPaidFor: number;
}

export async function sums(ownerUrl: string): Promise<Sums> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<Sums>(`SELECT
      (SELECT count(*)::int FROM orders) AS orders,
      (SELECT count(*)::int FROM idempotency_records) AS keys,
      (SELECT count(*)::int FROM outbox) AS events,
      (SELECT sum(initial_units - stock_units)::int FROM menu_items) AS "unitsSold",
      (SELECT -sum(units)::int FROM stock_movements) AS "unitsMoved",
      (SELECT sum(${CENTS} - balance_cents)::int / ${PRICE_CENTS} FROM wallets) AS "ordersPaidFor"`);
    return rows[0] as Sums;
  });
}

export const serverVersion = (ownerUrl: string): Promise<string> =>
  withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  });

export const checkpoint = (superuserUrl: string): Promise<void> =>
  withClient(superuserUrl, async (client) => {
    await client.query('CHECKPOINT');
  });

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
