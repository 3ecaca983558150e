/** What the naive code breaks is put right by correct_naive_writes, once, with entries of its own, and nothing else is. */
import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type Pattern } from '@seams/call';
import type { CommitOrderRequest } from '@seams/contracts';
import { type Db, openDb, type Tx } from '@seams/postgres';
import { endingOf, quietLogger, type TestDatabase, testDatabase, within } from '@seams/testkit';
import { chosenByRequest } from '../../src/naive/choose.ts';
import { recordOrder, takeStock } from '../../src/orders/order-store.ts';
import { type CommitOrder, waysToCommit } from './ways-to-commit.ts';

const UNITS = 100;
const CENTS = 10_000;
const PRICE = 350;

let database: TestDatabase;
let db: Db;
let commitOrder: CommitOrder;

beforeAll(async () => {
  database = await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url)));
  await database.ask(`INSERT INTO cafes VALUES ('harbour', 'Harbour Café', 'Hamburg')`);
  db = openDb({ name: 'storage', url: database.url, applicationName: 'test', connectionsMax: 8, log: quietLogger });
  commitOrder = naive(db);
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

/** Whoever publishes by itself fails. */
function naive(through: Db): CommitOrder {
  const world = { db: through, newId: randomUUID, traceparent: () => '', recordOrder, takeStock };
  return chosenByRequest(waysToCommit(db).together, world, async () => {
    throw new Failure('timed_out', 'reply_lost');
  });
}

const without = (...patterns: Pattern[]): CallContext => ({ ...within(10_000), without: new Set(patterns) });

async function order(): Promise<CommitOrderRequest> {
  const [customerId, itemId] = [randomUUID(), `harbour-${randomUUID()}`];
  await database.ask(`INSERT INTO menu_items VALUES ($1, 'harbour', 'Cappuccino', $2, $3, $3, 0)`, [
    itemId,
    PRICE,
    UNITS,
  ]);
  await database.ask('INSERT INTO wallets VALUES ($1, $2)', [customerId, CENTS]);
  return {
    key: { customerId, route: 'POST /v1/orders', key: randomUUID(), fingerprint: sha256(itemId) },
    placed: {
      ...{ orderId: randomUUID(), customerId, cafeId: 'harbour', status: 'ORDER_STATUS_PLACED' as const },
      lines: [{ itemId, name: 'Cappuccino', quantity: 1, unitPriceCents: PRICE }],
      ...{ totalCents: PRICE, currency: 'EUR', placedAtMs: Date.now(), version: 1, clientNonce: '' },
    },
    refused: null,
    decision: 'placed',
  };
}
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

interface Corrected {
  readonly kind: string;
  readonly subject: string;
}
/** As the service's own role, which may call it and write no correction. */
const correct = async (): Promise<Corrected[]> => {
  const values = ['a-lab', randomUUID()];
  const { rows } = await db.query<Corrected>(within(10_000), CORRECT, values);
  return rows;
};
const CORRECT = { name: 'correct', text: 'SELECT kind, subject FROM correct_naive_writes($1, $2)' };

const one = async (text: string, value: unknown): Promise<number> =>
  Number((await database.ask<{ n: unknown }>(text, [value]))[0]?.n);
const moneyOf = ({ key }: CommitOrderRequest): Promise<number> =>
  one('SELECT balance_cents AS n FROM wallets WHERE customer_id = $1', key?.customerId);
const unitsOf = ({ placed }: CommitOrderRequest): Promise<number> =>
  one('SELECT stock_units AS n FROM menu_items WHERE item_id = $1', placed?.lines[0]?.itemId);
const eventsOf = ({ placed }: CommitOrderRequest): Promise<number> =>
  one('SELECT count(*) AS n FROM outbox WHERE message_key = $1', placed?.orderId);

describe('an order that was doubled without its key', () => {
  it('is void and refunded, its cups are back, and the first order stands under the key', async () => {
    const request = await order();
    const first = await commitOrder(without('idempotency'), request);
    const second = await commitOrder(without('idempotency'), request);
    const corrected = await correct();
    expect(corrected).toEqual([
      { kind: 'doubled_order', subject: second.order?.orderId },
      { kind: 'unrecorded_key', subject: first.order?.orderId },
    ]);
    expect([await moneyOf(request), await unitsOf(request)]).toEqual([CENTS - PRICE, UNITS - 1]);
    const again = await commitOrder(within(10_000), request);
    expect([again.replayed, again.order?.orderId]).toEqual([true, first.order?.orderId]);
    const entries = await database.ask(
      `SELECT account, amount_cents::int AS cents, e.kind FROM ledger_entries e JOIN corrections c ON c.correction_id = e.transfer_id
       WHERE c.subject = $1 ORDER BY account`,
      [second.order?.orderId],
    );
    expect(entries).toEqual([
      { account: 'cafe:harbour', cents: -PRICE, kind: 'correction' },
      { account: `wallet:${request.key?.customerId}`, cents: PRICE, kind: 'correction' },
    ]);
  });

  it('gives way to the one that was placed with the key', async () => {
    const request = await order();
    const real = await commitOrder(within(10_000), request);
    const naive = await commitOrder(without('idempotency'), request);
    expect(await correct()).toEqual([{ kind: 'doubled_order', subject: naive.order?.orderId }]);
    expect((await commitOrder(within(10_000), request)).order?.orderId).toBe(real.order?.orderId);
  });

  it('gives way again when the key comes without it once more', async () => {
    const request = await order();
    await commitOrder(without('idempotency'), request);
    await correct();
    const later = await commitOrder(without('idempotency'), request);
    expect(await correct()).toEqual([{ kind: 'doubled_order', subject: later.order?.orderId }]);
    expect(await moneyOf(request)).toBe(CENTS - PRICE);
  });
});

describe('a sale that a counter forgot', () => {
  it('shows on the counter again', async () => {
    const request = await order();
    const itemId = request.placed?.lines[0]?.itemId;
    const sold = 'UPDATE menu_items SET stock_units = stock_units - 1 WHERE item_id = $1';
    await commitOrderReading(() => database.ask(sold, [itemId]))(without('optimistic-lock'), request);
    expect(await unitsOf(request)).toBe(UNITS - 1);
    expect(await correct()).toEqual([{ kind: 'lost_update', subject: itemId }]);
    expect(await unitsOf(request)).toBe(UNITS - 2);
  });

  it('leaves a counter alone that somebody else changed', async () => {
    const request = await order();
    await commitOrder(without('optimistic-lock'), request);
    await database.ask('UPDATE menu_items SET stock_units = stock_units + 5 WHERE item_id = $1', [
      request.placed?.lines[0]?.itemId,
    ]);
    expect(await correct()).toEqual([]);
    expect(await unitsOf(request)).toBe(UNITS + 4);
  });

  /** Something comes between the read and the write. */
  function commitOrderReading(between: () => Promise<unknown>): CommitOrder {
    const meeting = (tx: Tx): Tx => ({
      ...tx,
      query: async (sql, values) => {
        const result = await tx.query<never>(sql, values);
        if (sql.name === 'naive_read_stock') await between();
        return result;
      },
    });
    return naive({ ...db, transaction: (ctx, work) => db.transaction(ctx, (tx) => work(meeting(tx))) });
  }
});

describe('an event that was lost without the outbox', () => {
  it('waits for the relay, with the id that it had', async () => {
    const request = await order();
    expect(await endingOf(commitOrder(without('outbox'), request))).toBe('timed_out/reply_lost');
    expect(await correct()).toEqual([{ kind: 'lost_event', subject: request.placed?.orderId }]);
    const same = `SELECT count(*) AS n FROM outbox b JOIN naive_writes n USING (event_id, payload) WHERE b.message_key = $1 AND b.published_at IS NULL`;
    expect(await one(same, request.placed?.orderId)).toBe(1);
  });
});

describe('corrections', () => {
  it('are made once, however many ask for them at once, and a second time are none', async () => {
    const request = await order();
    const all = without('idempotency', 'outbox');
    await endingOf(commitOrder(all, request));
    await endingOf(commitOrder(all, request));
    const corrected = (await Promise.all([correct(), correct(), correct()])).flat();
    expect(corrected.map(({ kind }) => kind).sort()).toEqual([
      'doubled_order',
      'lost_event',
      'lost_event',
      'unrecorded_key',
    ]);
    expect(await correct()).toEqual([]);
    expect([await moneyOf(request), await unitsOf(request)]).toEqual([CENTS - PRICE, UNITS - 1]);
  });

  it('are not made for an order that nobody did without a pattern', async () => {
    const request = await order();
    await commitOrder(within(10_000), request);
    await database.ask('DELETE FROM outbox WHERE message_key = $1', [request.placed?.orderId]);
    expect(await correct()).toEqual([]);
    expect(await eventsOf(request)).toBe(0);
  });

  it('cannot be written by the service itself, nor ordered by others', async () => {
    const write = {
      name: 'w',
      text: `INSERT INTO corrections (kind, subject, lab, run_id) VALUES ('lost_event', '', '', gen_random_uuid())`,
    };
    await expect(db.query(within(10_000), write, [])).rejects.toThrow();
    const rights = `SELECT count(*) AS n FROM pg_proc p, aclexplode(p.proacl) a WHERE p.proname = $1 AND a.grantee = 0`;
    expect(await one(rights, 'correct_naive_writes')).toBe(0);
  });
});
