import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type Pattern } from '@seams/call';
import type { CommitOrderRequest } from '@seams/contracts';
import { type Db, openDb, type Tx } from '@seams/postgres';
import { endingOf, quietLogger, type TestDatabase, testDatabase, within } from '@seams/testkit';
import { chosenByRequest } from '../../src/naive/choose.ts';
import type { Steps } from '../../src/orders/commit-order-in-steps.ts';
import { recordOrder, takeStock } from '../../src/orders/order-store.ts';
import { waysToCommit } from './ways-to-commit.ts';

const UNITS = 100;

let database: TestDatabase;
let db: Db;
let world: Steps;

beforeAll(async () => {
  database = await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url)));
  await database.ask(`INSERT INTO cafes VALUES ('harbour', 'Harbour Café', 'Hamburg')`);
  db = openDb({ name: 'storage', url: database.url, applicationName: 'test', connectionsMax: 8, log: quietLogger });
  world = { db, newId: randomUUID, traceparent: () => '', recordOrder, takeStock };
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const real = () => waysToCommit(db).together;
const without = (...patterns: Pattern[]): CallContext => ({ ...within(10_000), without: new Set(patterns) });
const notPublished = async (): Promise<void> => {
  throw new Failure('timed_out', 'reply_lost');
};

async function item(): Promise<string> {
  const itemId = `harbour-${randomUUID()}`;
  await database.ask(`INSERT INTO menu_items VALUES ($1, 'harbour', 'Cappuccino', 350, $2, $2, 0)`, [itemId, UNITS]);
  return itemId;
}

async function order(itemId: string): Promise<CommitOrderRequest> {
  const customerId = randomUUID();
  await database.ask('INSERT INTO wallets VALUES ($1, 10000)', [customerId]);
  const lines = [{ itemId, name: 'Cappuccino', quantity: 1, unitPriceCents: 350 }];
  const fingerprint = createHash('sha256').update(itemId).digest();
  const placed = {
    ...{ orderId: randomUUID(), customerId, cafeId: 'harbour', status: 'ORDER_STATUS_PLACED' as const },
    ...{ lines, totalCents: 350, currency: 'EUR', placedAtMs: Date.now(), version: 1, clientNonce: 'n' },
  };
  const key = { customerId, route: 'POST /v1/orders', key: randomUUID(), fingerprint };
  return { key, placed, refused: null, decision: 'placed' };
}

const left = async (itemId: string): Promise<number> =>
  (await database.ask<{ n: number }>('SELECT stock_units AS n FROM menu_items WHERE item_id = $1', [itemId]))[0]?.n ??
  -1;
const eventsOf = async ({ placed }: CommitOrderRequest): Promise<number> =>
  (await database.ask('SELECT 1 FROM outbox WHERE message_key = $1', [placed?.orderId])).length;
const ordersOf = async ({ key }: CommitOrderRequest): Promise<number> =>
  (await database.ask('SELECT 1 FROM orders WHERE customer_id = $1', [key?.customerId])).length;

describe('an order without', () => {
  it('idempotency is a second order when it comes twice', async () => {
    const commitOrder = chosenByRequest(real(), world, notPublished);
    const request = await order(await item());
    await commitOrder(without('idempotency'), request);
    await commitOrder(without('idempotency'), request);
    expect(await ordersOf(request)).toBe(2);
  });

  it('optimistic lock loses an update when two have read before either writes', async () => {
    const bothRead = Promise.withResolvers<void>();
    let reads = 0;
    const meeting = (tx: Tx): Tx => ({
      ...tx,
      query: async (sql, values) => {
        const result = await tx.query<never>(sql, values);
        if (sql.name === 'naive_read_stock' && ++reads === 2) bothRead.resolve();
        if (sql.name === 'naive_read_stock') await bothRead.promise;
        return result;
      },
    });
    const met: Db = { ...db, transaction: (ctx, work) => db.transaction(ctx, (tx) => work(meeting(tx))) };
    const commitOrder = chosenByRequest(real(), { ...world, db: met }, notPublished);
    const itemId = await item();
    const requests = await Promise.all([order(itemId), order(itemId)]);
    await Promise.all(requests.map((request) => commitOrder(without('optimistic-lock'), request)));
    expect(await left(itemId)).toBe(UNITS - 1);
    expect(await database.ask('SELECT 1 FROM stock_movements WHERE item_id = $1', [itemId])).toHaveLength(2);
  });

  it('outbox loses its event when the publish fails after the commit, and no repetition brings it back', async () => {
    const published: string[] = [];
    let broken = true;
    const commitOrder = chosenByRequest(real(), world, async (ctx, key) => {
      if (broken) await notPublished();
      published.push(key);
    });
    const request = await order(await item());
    expect(await endingOf(commitOrder(without('outbox'), request))).toBe('timed_out/reply_lost');
    broken = false;
    expect(await commitOrder(without('outbox'), request)).toMatchObject({ replayed: true });
    expect([await ordersOf(request), await eventsOf(request), published]).toEqual([1, 0, []]);
  });

  it('any of them loses the event and the update, and is two orders', async () => {
    const published: string[] = [];
    const commitOrder = chosenByRequest(real(), world, async (ctx, key) => void published.push(key));
    const request = await order(await item());
    const all = without('idempotency', 'outbox', 'optimistic-lock');
    await commitOrder(all, request);
    await commitOrder(all, request);
    expect([await ordersOf(request), await eventsOf(request), published.length]).toEqual([2, 0, 2]);
  });
});

describe('an order that does without nothing', () => {
  it('is one order with one event, however often it comes', async () => {
    const commitOrder = chosenByRequest(real(), world, notPublished);
    const request = await order(await item());
    await commitOrder(within(10_000), request);
    await commitOrder(within(10_000), request);
    expect([await ordersOf(request), await eventsOf(request)]).toEqual([1, 1]);
  });
});
