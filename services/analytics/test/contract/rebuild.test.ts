import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage } from '@seams/messaging';
import { eventually, testBrokers } from '@seams/testkit';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import pg from 'pg';
import { linesOf } from '../../src/rebuild/show.ts';
import { newScene, ordersOf as orders, type Scene } from './rebuild-scene.ts';
import { orderMessage, reportOf } from './started-analytics.ts';

const WAIT_MS_MAX = 30_000;
const TEST_MS_MAX = 90_000;

let scene: Scene;
beforeEach(async () => {
  scene = await newScene();
}, TEST_MS_MAX);
afterEach(() => scene?.end(), TEST_MS_MAX);

const ordersOf = (count: number): OutgoingMessage[] => orders(scene.topic.name, count);

describe('a rebuild', () => {
  it(
    'ends with the numbers that stood before, to the last minute, and with the same grants and keys',
    async () => {
      await scene.counted(ordersOf(200));
      const before = await scene.tables();
      const shape = `SELECT c.relname, c.relacl::text, pg_get_constraintdef(k.oid) AS kept FROM pg_class c JOIN pg_constraint k
        ON k.conrelid = c.oid WHERE relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations' ORDER BY 1, 3`;
      const shapeBefore = await scene.db.ask(shape);
      const rebuilt = await scene.rebuilding();
      expect([rebuilt.wereRight, rebuilt.read]).toEqual([true, 200]);
      expect(await scene.tables()).toEqual(before);
      expect(await scene.db.ask(shape)).toEqual(shapeBefore);
      expect(await scene.leftovers()).toBe(0);
      expect(linesOf(rebuilt, 1).at(-1)).toBe('the numbers were right');
    },
    TEST_MS_MAX,
  );

  it(
    'mends what is wrong, and names it: a total, a minute, an event that never was and one that was left out',
    async () => {
      await scene.counted(ordersOf(60));
      const before = await scene.tables();
      const stranger = crypto.randomUUID();
      await scene.db.ask(
        `UPDATE cafe_totals SET orders = orders + 1, revenue_cents = revenue_cents + 7 WHERE cafe_id = 'harbour'`,
      );
      await scene.db.ask(`UPDATE cafe_minutes SET orders = 5 WHERE cafe_id = 'station'`);
      await scene.db.ask(`INSERT INTO cafe_totals VALUES ('nowhere', 1, 1, now())`);
      await scene.db.ask(`INSERT INTO inbox VALUES ('${stranger}', sha256('x'))`);
      const [left] = await scene.db.ask<{ event_id: string }>(
        'DELETE FROM inbox WHERE event_id = (SELECT event_id FROM inbox WHERE event_id <> $1 LIMIT 1) RETURNING event_id',
        [stranger],
      );
      const rebuilt = await scene.rebuilding();
      expect(await scene.tables()).toEqual(before);
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
      const live = await scene.start();
      await scene.publisher.publish(first);
      await scene.untilCounted(300);
      let published = 0;
      const streaming = (async () => {
        for (let at = 0; at < second.length; at += 10, published = at)
          await scene.publisher.publish(second.slice(at, at + 10));
      })();
      const seen: number[] = [];
      let over = false;
      const asking = (async () => {
        while (!over)
          seen.push((await reportOf(live, 'harbour')).ordersTotal + (await reportOf(live, 'station')).ordersTotal);
      })();
      const rebuilt = await scene.rebuilding();
      expect(published).toBeGreaterThan(0);
      await streaming;
      await scene.publisher.publish([...third, ...second.slice(0, 50)]); // and some come again
      await scene.untilCounted(700);
      over = true;
      await asking;
      await scene.stop(live);

      expect(rebuilt.wereRight).toBe(true);
      expect(seen.length).toBeGreaterThan(10);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b)); // never empty, never less
      const truth = await scene.tables();
      expect(await scene.rebuilding()).toMatchObject({ wereRight: true });
      expect(await scene.tables()).toEqual(truth);
    },
    TEST_MS_MAX,
  );

  it(
    'leaves the prepared statements of open connections working, on the new tables',
    async () => {
      await scene.counted(ordersOf(20));
      const client = new pg.Client({ connectionString: scene.db.url });
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
        await scene.rebuilding();
        expect((await client.query(read)).rows).toEqual([{ orders: 20 }]);
        const [now] = await scene.db.ask<{ oid: number }>(`SELECT 'cafe_totals'::regclass::oid::int AS oid`);
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
      const good = orderMessage(scene.topic.name);
      const started = await scene.start();
      await scene.publisher.publish([
        { ...good, key: 'a', value: Buffer.from('not protobuf') },
        { ...good, key: 'b', headers: {} },
        orderMessage(scene.topic.name, { eventId, orderId: key, totalCents: 220 }),
        orderMessage(scene.topic.name, { eventId, orderId: key, totalCents: 999 }),
      ]);
      await eventually(async () => expect(await scene.deadLetters.read()).toHaveLength(3), WAIT_MS_MAX);
      await scene.stop(started);
      const before = await scene.tables();
      const rebuilt = await scene.rebuilding();
      expect(await scene.tables()).toEqual(before);
      expect(before.cafes).toMatchObject([{ orders: '1', revenue_cents: '220' }]);
      expect(rebuilt.unreadable.toSorted()).toEqual(['event_id_reused', 'event_type_missing', 'not_protobuf']);
      expect(rebuilt.wereRight).toBe(true);
      expect(await scene.deadLetters.read()).toHaveLength(3);
    },
    TEST_MS_MAX,
  );

  it(
    'reads to the end of a log that ends with the marks of transactions, committed and aborted',
    async () => {
      const kafka = new Kafka({ clientId: 'test', brokers: testBrokers(), logLevel: logLevel.NOTHING });
      const producer = kafka.producer({
        transactionalId: scene.group,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const orders = ordersOf(40);
      const send = async (messages: OutgoingMessage[], end: 'commit' | 'abort') => {
        const transaction = await producer.transaction();
        const records = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
        await transaction.send({ topic: scene.topic.name, messages: records });
        await transaction[end]();
      };
      await send(orders.slice(0, 20), 'commit');
      await send(orders.slice(20), 'abort');
      const rebuilt = await scene.rebuilding();
      expect([rebuilt.read, (await scene.tables()).events]).toEqual([20, 20]);

      await send(orders.slice(20), 'commit');
      await producer.disconnect();
      expect((await scene.rebuilding()).read).toBe(40);
      expect((await scene.tables()).events).toBe(40);
    },
    TEST_MS_MAX,
  );
});

describe('a rebuild that analytics has not kept up with', () => {
  it(
    'tells what was not come to from what was missed, and it is not counted again later',
    async () => {
      await scene.counted(ordersOf(30));
      await scene.publisher.publish(ordersOf(10));
      const rebuilt = await scene.rebuilding();
      expect(rebuilt.wereRight).toBe(true);
      expect(rebuilt.cafes.map(({ ahead }) => ahead)).toEqual([5, 5]);
      const truth = await scene.tables();
      expect(truth.events).toBe(40);
      await scene.counted(ordersOf(1), 41); // it reads the ten first, where they stand before this one in their partitions
      expect((await scene.tables()).events).toBe(41);
      expect((await scene.rebuilding()).wereRight).toBe(true);
    },
    TEST_MS_MAX,
  );
});
