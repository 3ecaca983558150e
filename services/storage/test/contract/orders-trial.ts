/** A database with a café in it, and orders as business-logic sends them. */
import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { CommitOrderRequest, Order } from '@seams/contracts';
import { type Db, openDb } from '@seams/postgres';
import { quietLogger, type TestDatabase, testDatabase } from '@seams/testkit';

export const PRICE_CENTS = 100;

export interface Wanted {
  readonly customerId: string;
  readonly lines: readonly { readonly itemId: string; readonly quantity: number }[];
  /** Else one that nobody used. */
  readonly key?: string;
  /** What the fingerprint is made from. */
  readonly content?: string;
  readonly orderId?: string;
}

export class OrdersTrial {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly #opened: Db[] = [];

  private constructor(database: TestDatabase) {
    this.database = database;
    this.db = this.open();
  }

  static async begin(): Promise<OrdersTrial> {
    const database = await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url)));
    await database.ask(
      `INSERT INTO cafes VALUES ('harbour', 'Harbour Café', 'Hamburg'), ('station', 'Station', 'Antwerp')`,
    );
    return new OrdersTrial(database);
  }

  /** As another replica has it, or through another address. */
  open(url = this.database.url, connectionsMax = 12): Db {
    const db = openDb({ name: 'storage', url, applicationName: 'orders-trial', connectionsMax, log: quietLogger });
    this.#opened.push(db);
    return db;
  }

  async item(units: number, itemId = `harbour-${randomUUID()}`, cafeId = 'harbour'): Promise<string> {
    await this.database.ask(`INSERT INTO menu_items VALUES ($1, $2, 'Tea', $3, $4, $4, 0)`, [
      itemId,
      cafeId,
      PRICE_CENTS,
      units,
    ]);
    return itemId;
  }

  /** With a ledger that says where its money is from. */
  async wallet(cents: number, customerId: string = randomUUID()): Promise<string> {
    await this.database.ask('INSERT INTO wallets VALUES ($1, $2)', [customerId, cents]);
    await this.database.ask(
      `INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
       SELECT $1::uuid, account, cents, 'top_up' FROM (VALUES ('wallet:' || $1, $2::bigint), ('card-clearing', -$2::bigint)) e (account, cents)
       WHERE cents <> 0`,
      [customerId, cents],
    );
    return customerId;
  }

  read = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    this.database.ask<Row>(sql, values);

  async units(itemId: string): Promise<number> {
    const [row] = await this.read<{ units: number }>('SELECT stock_units AS units FROM menu_items WHERE item_id = $1', [
      itemId,
    ]);
    return row?.units ?? -1;
  }

  /** Order ids that are there, of these. */
  async placed(requests: readonly CommitOrderRequest[]): Promise<string[]> {
    const ids = requests.map(({ placed }) => placed?.orderId);
    const rows = await this.read<{ id: string }>('SELECT order_id AS id FROM orders WHERE order_id = ANY ($1)', [ids]);
    return rows.map(({ id }) => id);
  }

  async end(): Promise<void> {
    await Promise.all(this.#opened.map((db) => db.close()));
    await this.database.drop();
  }
}

export function requestOf({
  customerId,
  lines,
  key = randomUUID(),
  content,
  orderId = randomUUID(),
}: Wanted): CommitOrderRequest {
  const placed: Order = {
    ...{ orderId, customerId, cafeId: 'harbour', status: 'ORDER_STATUS_PLACED' },
    lines: lines.map(({ itemId, quantity }) => ({
      itemId,
      name: `the ${itemId}`,
      quantity,
      unitPriceCents: PRICE_CENTS,
    })),
    totalCents: lines.reduce((sum, { quantity }) => sum + quantity * PRICE_CENTS, 0),
    ...{ currency: 'EUR', placedAtMs: 1_790_000_000_123, version: 1, clientNonce: 'nonce' },
  };
  const fingerprint = createHash('sha256')
    .update(content ?? key)
    .digest();
  return { key: { customerId, route: 'POST /v1/orders', key, fingerprint }, placed, refused: null, decision: 'placed' };
}
