import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import { type CommitOrderResponse, type OrderInput, orderPlaced, type RequestKeyInput } from '@seams/contracts';
import { type Db, openDb } from '@seams/postgres';
import { endingOf, eventually, quietLogger, type TestDatabase, testDatabase, within } from '@seams/testkit';
import { sweepKeys } from '../../src/idempotency/sweep-store.ts';
import { readOrder } from '../../src/orders/order-store.ts';
import { commitTopUpWith } from '../../src/wallets/commit-top-up.ts';
import { WAYS, waysToCommit } from './ways-to-commit.ts';

const ROUTE = 'POST /v1/orders';
const PRICE_CENTS = 350;

let database: TestDatabase;
let db: Db;
let ways: ReturnType<typeof waysToCommit>;
let commitOrder: (ctx: CallContext, request: never) => Promise<CommitOrderResponse>;

beforeAll(async () => {
  database = await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url)));
  await database.ask(`INSERT INTO cafes VALUES ('harbour', 'Harbour Café', 'Hamburg')`);
  db = openDb({ name: 'storage', url: database.url, applicationName: 'test', connectionsMax: 12, log: quietLogger });
  ways = waysToCommit(db);
});

afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const soon = (): CallContext => within(10_000);
const fingerprintOf = (content: string): Buffer => createHash('sha256').update(content).digest();

/** An item with a counter of its own, so that tests do not meet. */
async function item(units: number): Promise<string> {
  const itemId = `harbour-${randomUUID()}`;
  await database.ask(`INSERT INTO menu_items VALUES ($1, 'harbour', 'Cappuccino', $2, $3, $3, 0)`, [
    itemId,
    PRICE_CENTS,
    units,
  ]);
  return itemId;
}

async function customer(cents: number): Promise<string> {
  const customerId = randomUUID();
  if (cents > 0) {
    const key = {
      customerId,
      route: 'POST /v1/wallet/top-ups',
      key: randomUUID(),
      fingerprint: fingerprintOf('top-up'),
    };
    const accepted = {
      topUpId: randomUUID(),
      customerId,
      amountCents: cents,
      currency: 'EUR',
      creditedAtMs: Date.now(),
      balanceCents: 0,
    };
    await commitTopUpWith(db)(soon(), { key, accepted, decision: 'accepted' });
  }
  return customerId;
}

function placed(customerId: string, itemId: string, quantity: number): OrderInput {
  return {
    orderId: randomUUID(),
    customerId,
    cafeId: 'harbour',
    status: 'ORDER_STATUS_PLACED',
    lines: [{ itemId, name: 'Cappuccino', quantity, unitPriceCents: PRICE_CENTS }],
    totalCents: quantity * PRICE_CENTS,
    currency: 'EUR',
    placedAtMs: 1_790_000_000_123,
    version: 1,
    clientNonce: 'nonce',
  };
}

const keyOf = (customerId: string, content = 'content', key: string = randomUUID()): RequestKeyInput => ({
  customerId,
  route: ROUTE,
  key,
  fingerprint: fingerprintOf(content),
});

const commit = (key: RequestKeyInput, order: OrderInput): Promise<CommitOrderResponse> =>
  commitOrder(soon(), { key, placed: order, decision: 'placed' } as never);

/** Of an order among more than there are connections: who got none within a second was not done, and asks again. */
const endingAmongMany = (key: RequestKeyInput, order: OrderInput): Promise<string> =>
  eventually(async () => {
    const ending = await endingOf(commit(key, order));
    expect(ending).not.toBe('unavailable/database_down');
    return ending;
  });

describe.each(WAYS)('%s', (way) => {
  beforeAll(() => {
    commitOrder = ways[way] as never;
  });

  describe('an order that is committed', () => {
    it('is order, stock, money, ledger and event at once, and reads back as it was answered', async () => {
      const itemId = await item(5);
      const customerId = await customer(1_000);
      const { order, replayed } = await commit(keyOf(customerId), placed(customerId, itemId, 2));

      expect(replayed).toBe(false);
      expect(await readOrder((sql, values) => db.query(soon(), sql, values), order?.orderId ?? '')).toEqual(order);
      expect(await database.ask('SELECT stock_units FROM menu_items WHERE item_id = $1', [itemId])).toEqual([
        { stock_units: 3 },
      ]);
      expect(await database.ask('SELECT balance_cents FROM wallets WHERE customer_id = $1', [customerId])).toEqual([
        { balance_cents: '300' },
      ]);
      expect(
        await database.ask('SELECT account, amount_cents FROM ledger_entries WHERE transfer_id = $1 ORDER BY account', [
          order?.orderId,
        ]),
      ).toEqual([
        { account: 'cafe:harbour', amount_cents: '700' },
        { account: `wallet:${customerId}`, amount_cents: '-700' },
      ]);
      const events = await database.ask<{ payload: Buffer; message_key: string }>(
        'SELECT payload, message_key FROM outbox WHERE message_key = $1',
        [order?.orderId],
      );
      expect(events.map(({ payload }) => orderPlaced.decode(payload))).toEqual([
        expect.objectContaining({ orderId: order?.orderId, totalCents: 700, placedAtMs: 1_790_000_000_123 }),
      ]);
    });

    it('answers its key with the same bytes, also with twins at once, and changes nothing more', async () => {
      const itemId = await item(100);
      const customerId = await customer(50_000);
      const key = keyOf(customerId);
      const answers = await Promise.all(Array.from({ length: 20 }, () => commit(key, placed(customerId, itemId, 1))));

      expect(new Set(answers.map(({ order }) => JSON.stringify(order))).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await database.ask('SELECT stock_units FROM menu_items WHERE item_id = $1', [itemId])).toEqual([
        { stock_units: 99 },
      ]);
      expect(
        await database.ask('SELECT count(*)::int AS orders FROM orders WHERE customer_id = $1', [customerId]),
      ).toEqual([{ orders: 1 }]);
    });

    it('refuses its key for other content', async () => {
      const customerId = await customer(10_000);
      const itemId = await item(10);
      await commit(keyOf(customerId, 'one', 'same'), placed(customerId, itemId, 1));
      expect(await endingOf(commit(keyOf(customerId, 'other', 'same'), placed(customerId, itemId, 2)))).toBe(
        'mismatch/idempotency_key_reused',
      );
    });

    it('shares no key with another customer', async () => {
      const itemId = await item(10);
      const [ada, ben] = [await customer(1_000), await customer(1_000)];
      await commit(keyOf(ada, 'one', 'same'), placed(ada, itemId, 1));
      const { replayed } = await commit(keyOf(ben, 'two', 'same'), placed(ben, itemId, 1));
      expect(replayed).toBe(false);
    });
  });

  describe('an order that is refused', () => {
    it.each([
      // units  cents                quantity  reason
      [2, 3 * PRICE_CENTS, 3, 'rejected/stock_exhausted'],
      [3, 3 * PRICE_CENTS - 1, 3, 'rejected/not_enough_money'],
      [3, 0, 1, 'rejected/not_enough_money'],
    ])(
      'with %d units and %d cents for %d leaves nothing and is refused again: %s',
      async (units, cents, quantity, reason) => {
        const itemId = await item(units);
        const customerId = await customer(cents);
        const key = keyOf(customerId);
        const order = placed(customerId, itemId, quantity);
        expect(await endingOf(commit(key, order))).toBe(reason);

        await database.ask('UPDATE menu_items SET stock_units = 1000 WHERE item_id = $1', [itemId]);
        await database.ask(
          'INSERT INTO wallets VALUES ($1, 100000) ON CONFLICT (customer_id) DO UPDATE SET balance_cents = 100000',
          [customerId],
        );
        expect(await endingOf(commit(key, order))).toBe(reason);

        for (const table of ['orders', 'order_lines', 'stock_movements']) {
          expect(
            await database.ask(`SELECT count(*)::int AS n FROM ${table} WHERE order_id = $1`, [order.orderId]),
          ).toEqual([{ n: 0 }]);
        }
        expect(
          await database.ask('SELECT count(*)::int AS n FROM ledger_entries WHERE transfer_id = $1', [order.orderId]),
        ).toEqual([{ n: 0 }]);
        expect(
          await database.ask('SELECT count(*)::int AS n FROM outbox WHERE message_key = $1', [order.orderId]),
        ).toEqual([{ n: 0 }]);
      },
    );

    it('by business-logic stays refused, though the same key comes back accepted', async () => {
      const customerId = await customer(1_000);
      const key = keyOf(customerId);
      const refused = { kind: 'rejected', reason: 'item_unknown', message: 'no' };
      expect(await endingOf(commitOrder(soon(), { key, refused, decision: 'refused' } as never))).toBe(
        'rejected/item_unknown',
      );
      expect(await endingOf(commit(key, placed(customerId, await item(5), 1)))).toBe('rejected/item_unknown');
    });
  });

  describe('a key', () => {
    it('is forgotten when it is older than it must be kept, and not a moment sooner', async () => {
      const customerId = await customer(10_000);
      const itemId = await item(10);
      const [old, young] = [keyOf(customerId, 'old'), keyOf(customerId, 'young')];
      const order = placed(customerId, itemId, 1);
      await commit(old, order);
      await commit(young, placed(customerId, itemId, 1));
      const age = `UPDATE idempotency_records SET created_at = now() - $2::interval WHERE key = $1`;
      await database.ask(age, [old.key, '24 hours 1 second']);
      await database.ask(age, [young.key, '23 hours 59 minutes']);

      expect(await sweepKeys(db, soon(), 24)).toBe(1);
      expect((await commit(young, order)).replayed).toBe(true);
      expect((await commit(old, placed(customerId, itemId, 1))).replayed).toBe(false);
      await database.ask(age, [young.key, '0 s']); // else it may be old by the time that the next way sweeps
    });
  });

  describe('many orders at once', () => {
    it('never sell more than there is, and the ledger sums to zero', async () => {
      const items = await Promise.all([item(13), item(7)]);
      const customers = await Promise.all(Array.from({ length: 10 }, () => customer(100_000)));
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, n) => {
          const customerId = customers[n % customers.length] as string;
          return endingAmongMany(keyOf(customerId), placed(customerId, items[n % 2] as string, 1));
        }),
      );
      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20);
      expect(outcomes.filter((outcome) => outcome === 'rejected/stock_exhausted')).toHaveLength(40);
      expect(await database.ask('SELECT stock_units FROM menu_items WHERE item_id = ANY ($1)', [items])).toEqual([
        { stock_units: 0 },
        { stock_units: 0 },
      ]);
      expect(await database.ask('SELECT sum(amount_cents)::int AS sum FROM ledger_entries')).toEqual([{ sum: 0 }]);
    });

    it('of two items each, named in either order, do not deadlock', async () => {
      const [a, b] = await Promise.all([item(1_000), item(1_000)]);
      const customers = await Promise.all(Array.from({ length: 8 }, () => customer(100_000)));
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, n) => {
          const customerId = customers[n % customers.length] as string;
          const order = placed(customerId, a, 1);
          const [first, second] = n % 2 ? [a, b] : [b, a];
          const lines = [first, second].map((itemId) => ({
            itemId,
            name: 'x',
            quantity: 1,
            unitPriceCents: PRICE_CENTS,
          }));
          return endingAmongMany(keyOf(customerId), { ...order, lines, totalCents: 2 * PRICE_CENTS });
        }),
      );
      expect(new Set(outcomes)).toEqual(new Set(['ok']));
    });
  });
});
