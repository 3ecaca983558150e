/** Each fault of `npm run break`, on the whole system: what it does, that it ends, and that no answered order is lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { addReplica, freeze, heal, kill, removeReplica, restart, thaw, untilReady } from '../tools/system/faults.ts';
import { type Customer, customerWith, definite, login, type Reply } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const READY_MS_MAX = 60_000;
const TEST_MS_MAX = 90_000;
/** Enough for some 18,000 orders: the stream below is as quick as the machine, and goes on until processes have started. */
const CENTS = 4_000_000;
const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };

let system: System;
let customer: Customer;
beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, CENTS);
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const order = (key: string = randomUUID()): Promise<Reply> =>
  definite(`${system.url}/v1/orders`, { token: customer.token, key, body });

const statusOf = async (name: string) => (await system.status()).processes.find((one) => one.name === name);
const stateOf = async (name: string): Promise<string | undefined> => (await statusOf(name))?.state;

/** Orders by two clients at once until `work` is done; each is asked for again under its key until it is definite. */
async function whileOrdering(work: () => Promise<void>): Promise<string[]> {
  const ordered: string[] = [];
  let over = false;
  const clients = [1, 2].map(async () => {
    while (!over) {
      const reply = await order();
      expect(reply.status).toBe(201);
      ordered.push(reply.json.orderId);
    }
  });
  await work().finally(() => {
    over = true;
  });
  await Promise.all(clients);
  return ordered;
}

/** Every one of these is in the database, once. */
async function expectKept(orderIds: readonly string[]): Promise<void> {
  const rows = await system.sql<{ order_id: string }>(
    'storage',
    'SELECT order_id FROM orders WHERE order_id = ANY($1::uuid[])',
    [orderIds],
  );
  expect(rows).toHaveLength(orderIds.length);
  expect(new Set(orderIds).size).toBe(orderIds.length);
}

/** Spans of this process that the trace store holds. */
async function spansOf(service: string, name: string): Promise<number> {
  const query = `${system.tracesUrl}/api/traces?service=${service}&limit=50`;
  const { data } = (await (await fetch(query)).json()) as { data: readonly object[] };
  return JSON.stringify(data).split(`"${name}"`).length - 1;
}

describe('a part that is', () => {
  it(
    'frozen says so, others answer for it, and it goes on where it was when it is thawed',
    async () => {
      await freeze(system, 'storage-1');
      expect(await stateOf('storage-1')).toBe('frozen');
      const placed = [await order(), await order(), await order()].map(({ json }) => json.orderId);
      await expectKept(placed);
      await expect(freeze(system, 'storage-1')).rejects.toThrow('storage-1 is frozen already');
      await thaw(system, 'storage-1');
      await untilReady(system, 'storage-1', READY_MS_MAX);
      await freeze(system, 'analytics-1');
      expect(await heal(system)).toEqual(['analytics-1']);
      await expect(thaw(system, 'storage-1')).rejects.toThrow('storage-1 is not frozen (ready)');
      await expect(kill(system, 'nobody')).rejects.toThrow(/^there is no process "nobody"; there are: postgres, kafka/);
    },
    TEST_MS_MAX,
  );

  it.each(['storage-1', 'postgres', 'kafka'])(
    'killed comes back, and an order works again: %s',
    async (name) => {
      const before = await order();
      const killedAt = performance.now();
      await kill(system, name);
      // The one that was killed is ready no more; the next one may be, for whoever looks late.
      const killed = await statusOf(name);
      expect([killed?.restarts, killed?.state]).not.toEqual([0, 'ready']);
      await untilReady(system, name, READY_MS_MAX);
      const backMs = performance.now() - killedAt;
      await heal(system);
      const after = await order();
      const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
      console.info(
        `${name}: ready ${seconds(backMs)} s after kill -9, an order ${seconds(performance.now() - killedAt)} s`,
      );
      await expectKept([before.json.orderId, after.json.orderId]);
      expect((await statusOf(name))?.restarts).toBe(1);
    },
    TEST_MS_MAX,
  );

  it(
    'added is used without a restart of its callers, and removed without losing an order',
    async () => {
      const ordered = await whileOrdering(async () => {
        expect(await addReplica(system, 'storage')).toBe('storage-3');
        await eventually(async () => expect(await spansOf('storage', 'storage-3')).toBeGreaterThan(0));
        await restart(system, 'business-logic-1');
        await removeReplica(system, 'storage-3');
      });
      expect(await stateOf('storage-3')).toBeUndefined();
      await expectKept(ordered);

      expect(await addReplica(system, 'gateway')).toBe('gateway-3');
      await eventually(async () => {
        await order();
        expect(await spansOf('gateway', 'gateway-3')).toBeGreaterThan(0);
      });
      await whileOrdering(() => removeReplica(system, 'gateway-3')).then(expectKept);
      await expect(removeReplica(system, 'auth-1')).rejects.toThrow('auth-1 is the last replica of auth');
      await expect(removeReplica(system, 'kafka')).rejects.toThrow('only replicas of services can');
      await expect(addReplica(system, 'kafka')).rejects.toThrow('"kafka" is no service');
    },
    TEST_MS_MAX,
  );

  it(
    'a second auth or analytics works with the first',
    async () => {
      await Promise.all([addReplica(system, 'auth'), addReplica(system, 'analytics')]);
      await removeReplica(system, 'auth-1');
      // Its tokens are signed by keys that both read, and what the first one issued stays good.
      const operator = await login(system.url, system.demoAccount('operator'));
      expect((await definite(`${system.url}/v1/wallet`, { token: customer.token })).status).toBe(200);

      await removeReplica(system, 'analytics-1');
      const report = await definite(`${system.url}/v1/analytics/cafes/harbour`, { token: operator });
      expect(report.status).toBe(200);
      await order();
      await eventually(async () => {
        const [kept] = await system.sql<{ orders: string }>('storage', 'SELECT count(*) AS orders FROM orders');
        const [counted] = await system.sql<{ orders: string }>(
          'analytics',
          'SELECT sum(orders) AS orders FROM cafe_totals',
        );
        expect(counted?.orders).toBe(kept?.orders);
      }, 20_000);
    },
    TEST_MS_MAX,
  );
});
