/**
 * Postgres and Kafka go away and come back in each way, and every client of theirs works again within seconds, in the
 * process that it was in: the pools of three services, the listening relay, the consumer, and both kinds of producers.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { freeze, kill, restart, thaw, untilReady } from '../tools/system/faults.ts';
import { type Customer, call, customerWith, login } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TOPIC = 'seams.orders.v1';
const FROZEN_MS = 8_000;
const ORDER_EVERY_MS = 200;
const READY_MS_MAX = 60_000;
const LOOK_MS_MAX = 60_000;
const TEST_MS_MAX = 180_000;
/** From when the store itself is ready. */
const BACK_MS_MAX = { postgres: 5_000, kafka: 15_000 } as const;

let system: System;
let customer: Customer;
let operator: string;
let unreadable = 0;
beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, 50_000);
  operator = await login(system.url, system.demoAccount('operator'));
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

async function order(): Promise<void> {
  const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-tea', quantity: 1 }] };
  const { status } = await call(`${system.url}/v1/orders`, { token: customer.token, key: randomUUID(), body });
  expect(status).toBe(201);
}

async function everythingIsCounted(): Promise<void> {
  const [kept] = await system.sql<{ n: string }>('storage', 'SELECT count(*) AS n FROM orders');
  const [counted] = await system.sql<{ n: string }>('analytics', 'SELECT sum(orders) AS n FROM cafe_totals');
  expect(counted?.n).toBe(kept?.n);
}

/** What analytics cannot read it gives to a producer of its own. */
async function garbageIsSetAside(): Promise<void> {
  const kafka = new Kafka({ clientId: 'seams-e2e', brokers: [...system.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: TOPIC, messages: [{ key: randomUUID(), value: 'no event' }] });
  await producer.disconnect();
  unreadable += 1;
  // At least once: who does not hear that its place is kept sets the same one aside again when the store is back.
  const letters = async (): Promise<number> =>
    new Set((await system.readTopic(`${TOPIC}.dead-letters`)).map(({ headers }) => headers['dead-letter-origin'])).size;
  await eventually(async () => expect(await letters()).toBe(unreadable), LOOK_MS_MAX);
}

/** What the ops port of each process says of what it stands on. */
async function allSayUp(): Promise<void> {
  const { processes } = await system.status();
  for (const { name, kind, ports } of processes) {
    if (kind !== 'service') continue;
    const response = await fetch(`http://127.0.0.1:${ports.at(-1)}/readyz`);
    const { dependencies } = (await response.json()) as { dependencies: { name: string; status: string }[] };
    const down = dependencies
      .filter(({ status }) => status !== 'up')
      .map((one) => `${name}: ${one.name} ${one.status}`);
    expect(down).toEqual([]);
  }
}

/** What works through each client of a store. */
const CLIENTS: Readonly<Record<'postgres' | 'kafka', Readonly<Record<string, () => Promise<unknown>>>>> = {
  postgres: {
    storage: order,
    auth: async () => {
      const { email, password } = system.demoAccount('customer');
      expect((await call(`${system.url}/v1/auth/login`, { body: { email, password } })).status).toBe(200);
    },
    analytics: async () => {
      const report = await call(`${system.url}/v1/analytics/cafes/harbour`, { token: operator });
      expect(report.status).toBe(200);
    },
    'relay and consumer': everythingIsCounted,
    'every /readyz': allSayUp,
  },
  kafka: {
    'relay and consumer': everythingIsCounted,
    'dead letters': garbageIsSetAside,
    'every /readyz': allSayUp,
  },
};

const WAYS: Readonly<Record<string, (name: string) => Promise<void>>> = {
  restarted: async (name) => restart(system, name),
  killed: async (name) => kill(system, name),
  'frozen and thawed': async (name) => {
    await freeze(system, name);
    // Its clients meet it while it is silent, for longer than any of them waits: what they are told is no matter here.
    const until = Date.now() + FROZEN_MS;
    while (Date.now() < until) await Promise.allSettled([order(), order(), sleep(ORDER_EVERY_MS)]);
    await thaw(system, name);
  },
};

describe.each(['postgres', 'kafka'] as const)('%s', (store) => {
  it.each(Object.keys(WAYS))(
    '%s: every client is back within seconds, without a restart',
    async (way) => {
      await eventually(order); // a breaker that the way before has opened may still be
      const before = (await system.status()).processes.map(({ name, pid }) => [name, pid]);
      await WAYS[way]?.(store);
      await untilReady(system, store, READY_MS_MAX);
      const readyAt = performance.now();
      if (store === 'kafka') await order(); // an event for the relay to publish
      const back = await Promise.all(
        Object.entries(CLIENTS[store]).map(async ([client, works]) => {
          await eventually(works, LOOK_MS_MAX);
          return [client, performance.now() - readyAt] as const;
        }),
      );
      const seconds = back.map(([client, ms]) => `${client} ${(ms / 1_000).toFixed(1)}`).join(', ');
      console.info(`${store} ${way}, seconds after it was ready: ${seconds}`);
      expect(back.filter(([, ms]) => ms > BACK_MS_MAX[store])).toEqual([]);
      const after = (await system.status()).processes.map(({ name, pid }) => [name, pid]);
      expect(after.filter(([name]) => name !== store)).toEqual(before.filter(([name]) => name !== store));
    },
    TEST_MS_MAX,
  );
});
