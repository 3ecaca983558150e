import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type OutgoingMessage, openPublisher, type Publisher } from '@seams/messaging';
import {
  eventually,
  quietLogger,
  ready,
  type TestDatabase,
  type TestTopic,
  testBrokers,
  testTopic,
} from '@seams/testkit';
import {
  database,
  NOON,
  orderMessage,
  type Place,
  reportOf,
  type StartedAnalytics,
  startedAnalytics,
} from './started-analytics.ts';

let db: TestDatabase;
let publisher: Publisher;

beforeAll(async () => {
  db = await database();
  publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
});

afterAll(async () => {
  await publisher?.close();
  await db?.drop();
});

/** What a failed test left running would go on counting into the next one's tables. */
const running = new Set<StartedAnalytics>();

async function start(place: Place): Promise<StartedAnalytics> {
  const started = await startedAnalytics(place);
  running.add(started);
  return started;
}

async function stop(started: StartedAnalytics): Promise<void> {
  running.delete(started);
  await started.stop();
}

afterEach(async () => {
  await Promise.all([...running].map(stop));
});

async function newPlace(): Promise<{ place: Place; topic: TestTopic; deadLetters: TestTopic }> {
  const [topic, deadLetters] = await Promise.all([testTopic(6), testTopic(1)]);
  await db.ask('TRUNCATE inbox, cafe_minutes, cafe_totals');
  const group = `test-${randomBytes(6).toString('hex')}`;
  return {
    place: { postgresUrl: db.url, topic: topic.name, deadLetters: deadLetters.name, group },
    topic,
    deadLetters,
  };
}

/** What was counted in all, by the tables and by the events that are marked. */
async function counted(): Promise<{ events: number; orders: number; revenue: number }> {
  const [row] = await db.ask<{ events: string; orders: string; revenue: string }>(
    `SELECT (SELECT count(*) FROM inbox) AS events, coalesce(sum(orders), 0) AS orders, coalesce(sum(revenue_cents), 0) AS revenue
     FROM cafe_totals`,
  );
  return { events: Number(row?.events), orders: Number(row?.orders), revenue: Number(row?.revenue) };
}

const ANSWER_MS_MAX = 30_000;
const untilCounted = (orders: number): Promise<void> =>
  eventually(async () => {
    const now = await counted();
    if (now.orders < orders) throw new Error(`${now.orders} of ${orders} are counted`);
  }, ANSWER_MS_MAX);

const ordersOf = (topic: string, count: number): { messages: OutgoingMessage[]; revenue: number } => {
  const totals = Array.from({ length: count }, (_, index) => 100 + (index % 37));
  const messages = totals.map((totalCents, index) =>
    orderMessage(topic, { totalCents, cafeId: index % 2 ? 'harbour' : 'station', placedAtMs: NOON + index * 1_000 }),
  );
  return { messages, revenue: totals.reduce((sum, total) => sum + total, 0) };
};

/** Interleaved, as a relay that sends again does it: each of `again` a second time, and the garbage in between. */
const mixed = (
  messages: OutgoingMessage[],
  again: OutgoingMessage[],
  garbage: OutgoingMessage[],
): OutgoingMessage[] => {
  const middle = Math.floor(messages.length / 2);
  return [...messages.slice(0, middle), ...garbage, ...again, ...messages.slice(middle), ...again];
};

const ROUND_MS_MAX = 90_000;

describe('events on Kafka', () => {
  it(
    'are counted exactly once: doubled, with garbage between them, over a restart, and when all come again',
    async () => {
      const { place, deadLetters } = await newPlace();
      const { messages, revenue } = ordersOf(place.topic, 600);
      const good = orderMessage(place.topic);
      const garbage: OutgoingMessage[] = [
        { topic: place.topic, key: 'a', value: Buffer.from('not protobuf'), headers: { ...good.headers } },
        { topic: place.topic, key: 'b', value: good.value, headers: {} },
        { topic: place.topic, key: 'c', value: good.value, headers: { ...good.headers, 'event-type': 'x.y.Z' } },
        { topic: place.topic, key: 'd', value: Buffer.alloc(0), headers: { ...good.headers } },
        { ...good, headers: { ...good.headers, 'event-id': crypto.randomUUID() } },
        orderMessage(place.topic, { placedAtMs: 0 }),
        orderMessage(place.topic, { totalCents: -5 }),
        orderMessage(place.topic, { cafeId: 'har\u0000bour' }),
      ];

      const first = await start(place);
      await ready(first);
      await publisher.publish(mixed(messages, messages.slice(0, 50), garbage));
      await untilCounted(100);
      await stop(first); // in the middle

      const second = await start(place);
      await untilCounted(600);
      await eventually(async () => expect((await deadLetters.read()).length).toBeGreaterThanOrEqual(garbage.length));
      const harbour = await reportOf(second, 'harbour');
      const station = await reportOf(second, 'station');
      await stop(second);

      expect(await counted()).toEqual({ events: 600, orders: 600, revenue });
      expect(harbour.ordersTotal + station.ordersTotal).toBe(600);
      expect(harbour.revenueTotalCents + station.revenueTotalCents).toBe(revenue);
      expect(harbour.minutes.map(({ minuteMs, orders }) => [minuteMs, orders])).toEqual(
        Array.from({ length: 10 }, (_, index) => [NOON + index * 60_000, 30]),
      );

      // a new group reads everything again, as after a kill before any offset was committed
      const third = await start({ ...place, group: `${place.group}-again` });
      await eventually(
        async () => expect((await deadLetters.read()).length).toBeGreaterThanOrEqual(2 * garbage.length),
        ANSWER_MS_MAX,
      );
      const last = orderMessage(place.topic, { cafeId: 'museum' });
      await publisher.publish([last]);
      await untilCounted(601);
      await stop(third);
      expect(await counted()).toEqual({ events: 601, orders: 601, revenue: revenue + 220 });
    },
    ROUND_MS_MAX,
  );

  it(
    'that cannot be read are set aside as they came, with the reason and where they were',
    async () => {
      const { place, topic, deadLetters } = await newPlace();
      const value = Buffer.from([0xff, 0x00, 0x80]);
      await start(place);
      await publisher.publish([
        {
          topic: place.topic,
          key: 'k',
          value,
          headers: { 'event-type': 'seams.events.v1.OrderPlaced', own: 'kept' },
        },
      ]);
      await publisher.publish([orderMessage(place.topic)]);
      await untilCounted(1); // the next one is counted: the partitions go on
      const [origin] = (await topic.read()).filter(({ key }) => key === 'k');
      await eventually(async () => {
        expect(await deadLetters.read()).toEqual([
          {
            key: 'k',
            value,
            headers: {
              'event-type': 'seams.events.v1.OrderPlaced',
              own: 'kept',
              'dead-letter-reason': 'not_protobuf',
              'dead-letter-origin': `${place.topic}/${origin?.partition}/${origin?.offset}`,
              'dead-letter-group': place.group,
            },
            partition: 0,
            offset: 0,
          },
        ]);
      });
    },
    ROUND_MS_MAX,
  );

  it(
    'with a used id and other content count nothing, and are kept as evidence',
    async () => {
      const { place, deadLetters } = await newPlace();
      const eventId = crypto.randomUUID();
      await start(place);
      await publisher.publish([orderMessage(place.topic, { eventId, totalCents: 220 })]);
      await untilCounted(1);
      await publisher.publish([orderMessage(place.topic, { eventId, totalCents: 999 })]);
      await eventually(async () => {
        const reasons = (await deadLetters.read()).map(({ headers }) => headers['dead-letter-reason']);
        expect(reasons).toEqual(['event_id_reused']);
      });
      expect(await counted()).toEqual({ events: 1, orders: 1, revenue: 220 });
    },
    ROUND_MS_MAX,
  );

  it(
    'are shared by two replicas of one group, and counted once while one of them comes and goes',
    async () => {
      const { place } = await newPlace();
      const { messages, revenue } = ordersOf(place.topic, 400);
      const one = await start(place);
      await ready(one);
      await publisher.publish(messages.slice(0, 200));
      const two = await start(place); // takes partitions over while they are being read
      await publisher.publish(messages.slice(200));
      await ready(two);
      await stop(one);
      await untilCounted(400);
      await stop(two);
      expect(await counted()).toEqual({ events: 400, orders: 400, revenue });
    },
    ROUND_MS_MAX,
  );

  it(
    'wait in Kafka while Postgres refuses them, and are counted when it no longer does',
    async () => {
      const { place } = await newPlace();
      const { messages, revenue } = ordersOf(place.topic, 20);
      // a sequence is not rolled back, so it counts the attempts
      await db.ask(`
        CREATE SEQUENCE attempts;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN PERFORM nextval('attempts'); RAISE EXCEPTION 'no' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON cafe_totals FOR EACH ROW EXECUTE FUNCTION refuse()`);
      await start(place);
      await publisher.publish(messages);
      await eventually(async () => {
        const [row] = await db.ask<{ attempts: string }>('SELECT last_value AS attempts FROM attempts');
        expect(Number(row?.attempts)).toBeGreaterThanOrEqual(5);
      }, ANSWER_MS_MAX);
      expect(await counted()).toEqual({ events: 0, orders: 0, revenue: 0 });

      await db.ask('DROP TRIGGER refuse ON cafe_totals');
      await untilCounted(20);
      expect(await counted()).toEqual({ events: 20, orders: 20, revenue });
    },
    ROUND_MS_MAX,
  );
});
