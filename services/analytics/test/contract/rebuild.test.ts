import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type OutgoingMessage, openPublisher, type Publisher } from '@seams/messaging';
import { eventually, quietLogger, type TestDatabase, type TestTopic, testBrokers, testTopic } from '@seams/testkit';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import pg from 'pg';
import { linesOf } from '../../src/rebuild/show.ts';
import { type RebuildWorld, rebuild } from '../../src/rebuild.ts';
import {
  database,
  NOON,
  orderMessage,
  type Place,
  reportOf,
  type StartedAnalytics,
  startedAnalytics,
} from './started-analytics.ts';

const WAIT_MS_MAX = 30_000;
const TEST_MS_MAX = 90_000;

let db: TestDatabase;
let publisher: Publisher;
let topic: TestTopic;
let deadLetters: TestTopic;
let place: Place;
const running = new Set<StartedAnalytics>();

beforeAll(async () => {
  publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
});
afterAll(() => publisher?.close());
beforeEach(async () => {
  db = await database();
  [topic, deadLetters] = await Promise.all([testTopic(6), testTopic(1)]);
  const group = `test-${randomBytes(6).toString('hex')}`;
  place = { postgresUrl: db.url, topic: topic.name, deadLetters: deadLetters.name, group };
}, TEST_MS_MAX);
afterEach(async () => {
  await Promise.all([...running].map(stop));
  await db?.drop();
}, TEST_MS_MAX);

async function start(): Promise<StartedAnalytics> {
  const started = await startedAnalytics(place);
  running.add(started);
  return started;
}

async function stop(started: StartedAnalytics): Promise<void> {
  running.delete(started);
  await started.stop();
}

const rebuilding = (world: Partial<RebuildWorld> = {}) =>
  rebuild(
    {
      POSTGRES_URL: db.url,
      POSTGRES_OWNER_URL: db.ownerUrl,
      KAFKA_BROKERS: testBrokers(),
      ORDERS_TOPIC: topic.name,
      CONSUMER_GROUP: place.group,
      LOG_LEVEL: 'silent',
    },
    { signal: new AbortController().signal, log: quietLogger, say: () => undefined, ...world },
  );

const ordersOf = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) =>
    orderMessage(topic.name, {
      totalCents: 100 + (index % 37),
      cafeId: index % 2 ? 'harbour' : 'station',
      placedAtMs: NOON + index * 1_000,
    }),
  );

/** What a report is made from, and the ids that were counted. */
async function tables(): Promise<{ events: number; cafes: object[]; minutes: object[] }> {
  const cafes = await db.ask('SELECT cafe_id, orders, revenue_cents, newest_placed_at FROM cafe_totals ORDER BY 1');
  const minutes = await db.ask('SELECT * FROM cafe_minutes ORDER BY 1, 2');
  const [row] = await db.ask<{ events: string }>('SELECT count(*) AS events FROM inbox');
  return { events: Number(row?.events), cafes, minutes };
}

const untilCounted = (events: number): Promise<void> =>
  eventually(async () => expect((await tables()).events).toBe(events), WAIT_MS_MAX);

/** Counted by a service that has since stopped, and has committed its offsets. */
async function counted(messages: OutgoingMessage[], events = messages.length): Promise<void> {
  await publisher.publish(messages);
  const started = await start();
  await untilCounted(events);
  await stop(started);
}

const leftovers = async (): Promise<number> =>
  (await db.ask("SELECT 1 FROM pg_namespace WHERE nspname = 'rebuilt'")).length;

describe('a rebuild', () => {
  it(
    'ends with the numbers that stood before, to the last minute, and with the same grants and keys',
    async () => {
      await counted(ordersOf(200));
      const before = await tables();
      const shape = `SELECT c.relname, c.relacl::text, pg_get_constraintdef(k.oid) AS kept FROM pg_class c JOIN pg_constraint k
        ON k.conrelid = c.oid WHERE relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations' ORDER BY 1, 3`;
      const shapeBefore = await db.ask(shape);
      const rebuilt = await rebuilding();
      expect([rebuilt.wereRight, rebuilt.read]).toEqual([true, 200]);
      expect(await tables()).toEqual(before);
      expect(await db.ask(shape)).toEqual(shapeBefore);
      expect(await leftovers()).toBe(0);
      expect(linesOf(rebuilt, 1).at(-1)).toBe('the numbers were right');
    },
    TEST_MS_MAX,
  );

  it(
    'mends what is wrong, and names it: a total, a minute, an event that never was and one that was left out',
    async () => {
      await counted(ordersOf(60));
      const before = await tables();
      const stranger = crypto.randomUUID();
      await db.ask(
        `UPDATE cafe_totals SET orders = orders + 1, revenue_cents = revenue_cents + 7 WHERE cafe_id = 'harbour'`,
      );
      await db.ask(`UPDATE cafe_minutes SET orders = 5 WHERE cafe_id = 'station'`);
      await db.ask(`INSERT INTO cafe_totals VALUES ('nowhere', 1, 1, now())`);
      await db.ask(`INSERT INTO inbox VALUES ('${stranger}', sha256('x'))`);
      const [left] = await db.ask<{ event_id: string }>(
        'DELETE FROM inbox WHERE event_id = (SELECT event_id FROM inbox WHERE event_id <> $1 LIMIT 1) RETURNING event_id',
        [stranger],
      );
      const rebuilt = await rebuilding();
      expect(await tables()).toEqual(before);
      expect(rebuilt.wereRight).toBe(false);
      expect(rebuilt.cafes.filter(({ wasRight }) => !wasRight).map(({ name }) => name.cafeId)).toEqual([
        'harbour',
        'nowhere',
      ]);
      expect(rebuilt.wrongMinutes.map(({ name }) => name.cafeId)).toEqual(['station']);
      expect([rebuilt.difference.onlyLive, rebuilt.missed]).toEqual([[stranger], [left?.event_id]]);
      const text = linesOf(rebuilt, 1).join('\n');
      expect(text).toContain('these numbers were wrong before:\n  harbour: 31 orders');
      expect(text).toContain(`1 events counted, and not in the log: ${stranger}`);
    },
    TEST_MS_MAX,
  );

  it(
    'goes on beside the live counting, before, during and after: nothing missed, nothing doubled, no half report',
    async () => {
      const [first, second, third] = [ordersOf(300), ordersOf(300), ordersOf(100)];
      const live = await start();
      await publisher.publish(first);
      await untilCounted(300);
      let published = 0;
      const streaming = (async () => {
        for (let at = 0; at < second.length; at += 10, published = at)
          await publisher.publish(second.slice(at, at + 10));
      })();
      const seen: number[] = [];
      let over = false;
      const asking = (async () => {
        while (!over)
          seen.push((await reportOf(live, 'harbour')).ordersTotal + (await reportOf(live, 'station')).ordersTotal);
      })();
      const rebuilt = await rebuilding();
      expect(published).toBeGreaterThan(0);
      await streaming;
      await publisher.publish([...third, ...second.slice(0, 50)]); // and some come again
      await untilCounted(700);
      over = true;
      await asking;
      await stop(live);

      expect(rebuilt.wereRight).toBe(true);
      expect(seen.length).toBeGreaterThan(10);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b)); // never empty, never less
      const truth = await tables();
      expect(await rebuilding()).toMatchObject({ wereRight: true });
      expect(await tables()).toEqual(truth);
    },
    TEST_MS_MAX,
  );

  it(
    'leaves the prepared statements of open connections working, on the new tables',
    async () => {
      await counted(ordersOf(20));
      const client = new pg.Client({ connectionString: db.url });
      await client.connect();
      try {
        const read = { name: 'read', text: 'SELECT sum(orders)::int AS orders FROM cafe_totals' };
        const write = {
          name: 'write',
          text: `UPDATE cafe_totals SET orders = orders + 1 WHERE cafe_id = 'harbour' RETURNING tableoid::int AS oid`,
        };
        // six times: then Postgres keeps a plan instead of making one at each use
        for (let n = 0; n < 6; n++) {
          expect((await client.query(read)).rows).toEqual([{ orders: 20 + n }]);
          await client.query(write);
        }
        await rebuilding();
        expect((await client.query(read)).rows).toEqual([{ orders: 20 }]);
        const [now] = await db.ask<{ oid: number }>(`SELECT 'cafe_totals'::regclass::oid::int AS oid`);
        expect((await client.query(write)).rows).toEqual([now]);
        expect((await client.query(read)).rows).toEqual([{ orders: 21 }]);
      } finally {
        await client.end();
      }
    },
    TEST_MS_MAX,
  );

  it(
    'sets nothing aside once more, and leaves the first of two events under one id counted',
    async () => {
      const eventId = crypto.randomUUID();
      const key = crypto.randomUUID();
      const good = orderMessage(topic.name);
      const started = await start();
      await publisher.publish([
        { ...good, key: 'a', value: Buffer.from('not protobuf') },
        { ...good, key: 'b', headers: {} },
        orderMessage(topic.name, { eventId, orderId: key, totalCents: 220 }),
        orderMessage(topic.name, { eventId, orderId: key, totalCents: 999 }),
      ]);
      await eventually(async () => expect(await deadLetters.read()).toHaveLength(3), WAIT_MS_MAX);
      await stop(started);
      const before = await tables();
      const rebuilt = await rebuilding();
      expect(await tables()).toEqual(before);
      expect(before.cafes).toMatchObject([{ orders: '1', revenue_cents: '220' }]);
      expect(rebuilt.unreadable.toSorted()).toEqual(['event_id_reused', 'event_type_missing', 'not_protobuf']);
      expect(rebuilt.wereRight).toBe(true);
      expect(await deadLetters.read()).toHaveLength(3);
    },
    TEST_MS_MAX,
  );

  it(
    'reads to the end of a log that ends with the marks of transactions, committed and aborted',
    async () => {
      const kafka = new Kafka({ clientId: 'test', brokers: testBrokers(), logLevel: logLevel.NOTHING });
      const producer = kafka.producer({
        transactionalId: place.group,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const orders = ordersOf(40);
      const send = async (messages: OutgoingMessage[], end: 'commit' | 'abort') => {
        const transaction = await producer.transaction();
        const records = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
        await transaction.send({ topic: topic.name, messages: records });
        await transaction[end]();
      };
      await send(orders.slice(0, 20), 'commit');
      await send(orders.slice(20), 'abort');
      const rebuilt = await rebuilding();
      expect([rebuilt.read, (await tables()).events]).toEqual([20, 20]);

      await send(orders.slice(20), 'commit');
      await producer.disconnect();
      expect((await rebuilding()).read).toBe(40);
      expect((await tables()).events).toBe(40);
    },
    TEST_MS_MAX,
  );
});

describe('a rebuild that analytics has not kept up with', () => {
  it(
    'tells what was not come to from what was missed, and it is not counted again later',
    async () => {
      await counted(ordersOf(30));
      await publisher.publish(ordersOf(10));
      const rebuilt = await rebuilding();
      expect(rebuilt.wereRight).toBe(true);
      expect(rebuilt.cafes.map(({ ahead }) => ahead)).toEqual([5, 5]);
      const truth = await tables();
      expect(truth.events).toBe(40);
      await counted(ordersOf(1), 41); // it reads the ten first, where they stand before this one in their partitions
      expect((await tables()).events).toBe(41);
      expect((await rebuilding()).wereRight).toBe(true);
    },
    TEST_MS_MAX,
  );
});

describe('a rebuild that cannot end', () => {
  /** Stands still at its fifth event, until it is let go. */
  function halted() {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let events = 0;
    const world: Partial<RebuildWorld> = {
      countOnce:
        (count) =>
        async (...args) => {
          if (++events === 5) reached.resolve();
          if (events >= 5) await released.promise;
          return count(...args);
        },
    };
    return { world, reached: reached.promise, release: () => released.resolve() };
  }

  it(
    'because its connection breaks changes nothing, and the next one begins anew and drops what is left',
    async () => {
      await counted(ordersOf(30));
      const before = await tables();
      const { world, reached, release } = halted();
      const dying = rebuilding(world);
      const ended = expect(dying).rejects.toThrow();
      await reached;
      const killed = await db.ask(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(killed).toHaveLength(1);
      release();
      await ended;
      expect([await leftovers(), await tables()]).toEqual([1, before]);
      expect(await rebuilding()).toMatchObject({ wereRight: true, read: 30 });
      expect([await leftovers(), await tables()]).toEqual([0, before]);
    },
    TEST_MS_MAX,
  );

  it(
    'because it is told to stop changes nothing and leaves nothing',
    async () => {
      await counted(ordersOf(30));
      const before = await tables();
      const { world, reached, release } = halted();
      const stopping = new AbortController();
      const ended = expect(rebuilding({ ...world, signal: stopping.signal })).rejects.toThrow('told to stop');
      await reached;
      stopping.abort();
      release();
      await ended;
      expect([await leftovers(), await tables()]).toEqual([0, before]);
    },
    TEST_MS_MAX,
  );

  it(
    'because another one is at work says so, and the other ends as it should',
    async () => {
      await counted(ordersOf(30));
      const { world, reached, release } = halted();
      const first = rebuilding(world);
      await reached;
      await expect(rebuilding()).rejects.toThrow('another rebuild is at work');
      release();
      expect(await first).toMatchObject({ wereRight: true, read: 30 });
    },
    TEST_MS_MAX,
  );
});
