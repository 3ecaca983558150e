import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderPlaced } from '@seams/contracts';
import { eventually } from '@seams/testkit';
import { type Customer, call, customerWith, definite, login, type Reply } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
let gateways: string[];
beforeAll(async () => {
  system = await startSystem();
  const { processes } = await system.status();
  gateways = processes
    .filter(({ name }) => name.startsWith('gateway-') || name === 'single')
    .map(({ ports }) => `http://127.0.0.1:${ports[0]}`);
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const TWINS = 50;
const one = (itemId: string, quantity = 1) => ({ cafeId: itemId.split('-')[0], items: [{ itemId, quantity }] });

async function setStock(itemId: string, units: number): Promise<void> {
  await system.sql('storage', 'UPDATE menu_items SET stock_units = $2, initial_units = $2 WHERE item_id = $1', [
    itemId,
    units,
  ]);
}

async function chargesOf({ customerId }: Customer): Promise<number> {
  const rows = await system.sql<{ charges: number }>(
    'storage',
    `SELECT count(*)::int AS charges FROM ledger_entries WHERE account = $1 AND kind = 'order'`,
    [`wallet:${customerId}`],
  );
  return rows[0]?.charges ?? -1;
}

describe('fifty twins of one order, at once, over all gateways', () => {
  it('are one order, one charge and fifty equal answers', async () => {
    expect(gateways).toHaveLength(system.single ? 1 : 2);
    const customer = await customerWith(system.url, 10_000);
    const key = randomUUID();
    const request = { token: customer.token, key, body: one('harbour-cappuccino') };
    const replies = await Promise.all(
      Array.from({ length: TWINS }, (_, n) => definite(`${gateways[n % gateways.length]}/v1/orders`, request)),
    );

    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(201);
    // Fifty at once are more than there is room for, and beside orders that are refused nothing is read.
    const { json } = await definite(`${system.url}/v1/orders`, { token: customer.token });
    expect(json.orders.map(({ orderId }) => orderId)).toEqual([replies[0]?.json.orderId]);
    expect(await chargesOf(customer)).toBe(1);
  });

  it('of a top-up credit the wallet once', async () => {
    const customer = await customerWith(system.url, 0);
    const request = { token: customer.token, key: randomUUID(), body: { amountCents: 700 } };
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => definite(`${gateways[n % gateways.length]}/v1/wallet/top-ups`, request)),
    );
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const { json } = await definite(`${system.url}/v1/wallet`, { token: customer.token });
    expect(json.balanceCents).toBe(700);
  });
});

describe('a second attempt', () => {
  it('with the same key gets the same bytes, also when blanks and the order of its fields differ', async () => {
    const customer = await customerWith(system.url, 10_000);
    const { key, first } = await eventually(async () => {
      const key = randomUUID();
      const first = await call(`${system.url}/v1/orders`, { token: customer.token, key, body: one('harbour-tea') });
      // Whoever waits 0.8 s for storage asks it again, and is told that the first question had the effect.
      expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
      return { key, first };
    });
    const other = `{ "items" : [ { "quantity":1, "itemId":"harbour-tea" } ],\n "cafeId":"harbour" }`;
    const again = await call(`${system.url}/v1/orders`, { token: customer.token, key, raw: other });
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const read = await call(`${system.url}/v1/orders/${first.json.orderId}`, { token: customer.token });
    expect(read.text).toBe(first.text);
  });

  it('with the same key and other content is refused with 422', async () => {
    const customer = await customerWith(system.url, 10_000);
    const key = randomUUID();
    await call(`${system.url}/v1/orders`, { token: customer.token, key, body: one('harbour-tea') });
    const other = await call(`${system.url}/v1/orders`, { token: customer.token, key, body: one('harbour-tea', 2) });
    expect([other.status, other.json.reason]).toEqual([422, 'idempotency_key_reused']);
    expect(await chargesOf(customer)).toBe(1);
  });

  it('of a refused order is refused again, though money and stock are there by then', async () => {
    const customer = await customerWith(system.url, 100);
    const key = randomUUID();
    const refused = await call(`${system.url}/v1/orders`, { token: customer.token, key, body: one('harbour-tea') });
    expect([refused.status, refused.json.reason]).toEqual([409, 'not_enough_money']);
    await definite(`${system.url}/v1/wallet/top-ups`, {
      token: customer.token,
      key: randomUUID(),
      body: { amountCents: 5_000 },
    });
    const again = await call(`${system.url}/v1/orders`, { token: customer.token, key, body: one('harbour-tea') });
    expect([again.status, again.text]).toEqual([refused.status, refused.text]);
    expect(await chargesOf(customer)).toBe(0);
  });
});

describe('two hundred orders at once for fifty cups on four counters', () => {
  const COUNTERS = new Map([
    ['museum-sachertorte', 13],
    ['garden-matcha', 13],
    ['bridge-chimney-cake', 12],
    ['tower-butter-tart', 12],
  ]);

  it('sell exactly the cups there are; ledger, Kafka and analytics agree', async () => {
    for (const [itemId, units] of COUNTERS) await setStock(itemId, units);
    const customers = await Promise.all(Array.from({ length: 20 }, () => customerWith(system.url, 50_000)));
    const items = [...COUNTERS.keys()];
    const orders = Array.from({ length: 200 }, (_, n) => ({
      itemId: items[n % items.length] as string,
      token: (customers[n % customers.length] as Customer).token,
      key: randomUUID(),
    }));
    const replies = await Promise.all(
      orders.map(async ({ itemId, token, key }) => ({
        itemId,
        reply: await definite(`${system.url}/v1/orders`, { token, key, body: one(itemId) }),
      })),
    );

    for (const [itemId, units] of COUNTERS) {
      const ofItem = replies.filter((reply) => reply.itemId === itemId).map(({ reply }) => reply);
      expect(ofItem.filter(({ status }) => status === 201)).toHaveLength(units);
      expect(ofItem.filter(isSoldOut)).toHaveLength(50 - units);
      expect(await system.sql('storage', 'SELECT stock_units FROM menu_items WHERE item_id = $1', [itemId])).toEqual([
        { stock_units: 0 },
      ]);
    }
    const [ledger] = await system.sql<{ sum: number; orders: number }>(
      'storage',
      `SELECT sum(amount_cents)::int AS sum, (SELECT count(*)::int FROM orders) AS orders FROM ledger_entries`,
    );
    expect(ledger?.sum).toBe(0);
    await sameEverywhere(ledger?.orders ?? -1);
  }, 90_000);

  const isSoldOut = ({ status, json }: Reply): boolean => status === 409 && json.reason === 'stock_exhausted';

  /** One event on Kafka per order in Postgres, and the same orders and revenue per café in analytics. */
  async function sameEverywhere(orders: number): Promise<void> {
    const truth = await system.sql<{ cafe_id: string; orders: number; cents: number }>(
      'storage',
      'SELECT cafe_id, count(*)::int AS orders, sum(total_cents)::int AS cents FROM orders GROUP BY cafe_id',
    );
    expect(truth.length).toBeGreaterThanOrEqual(COUNTERS.size);
    await eventually(async () => {
      const records = await system.readTopic('seams.orders.v1');
      const events = records.map(({ value }) => orderPlaced.decode(value));
      expect(new Set(records.map(({ headers }) => headers['event-id'])).size).toBe(orders);
      expect(new Set(events.map(({ orderId }) => orderId)).size).toBe(orders);
    }, 20_000);
    const token = await login(system.url, system.demoAccount('operator'));
    await eventually(async () => {
      for (const { cafe_id, orders: count, cents } of truth) {
        const { json } = await call(`${system.url}/v1/analytics/cafes/${cafe_id}`, { token });
        expect({ cafe_id, orders: json.ordersTotal, cents: json.revenueTotalCents }).toEqual({
          cafe_id,
          orders: count,
          cents,
        });
      }
    }, 20_000);
  }
});
