import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { type OutgoingMessage, openPublisher, type Publisher } from '@seams/messaging';
import { eventually, quietLogger, type TestDatabase, type TestTopic, testBrokers, testTopic } from '@seams/testkit';
import { type RebuildWorld, rebuild } from '../../src/rebuild.ts';
import {
  database,
  NOON,
  orderMessage,
  type Place,
  type StartedAnalytics,
  startedAnalytics,
} from './started-analytics.ts';

const WAIT_MS_MAX = 30_000;

/** Topics, a database and what has been started: of one test. */
export interface Scene {
  readonly db: TestDatabase;
  readonly topic: TestTopic;
  readonly deadLetters: TestTopic;
  readonly group: string;
  readonly publisher: Publisher;
  start(): Promise<StartedAnalytics>;
  stop(started: StartedAnalytics): Promise<void>;
  rebuilding(world?: Partial<RebuildWorld>): ReturnType<typeof rebuild>;
  tables(): Promise<Tables>;
  untilCounted(events: number): Promise<void>;
  /** Counted by a service that has since stopped, and has committed its offsets. */
  counted(messages: OutgoingMessage[], events?: number): Promise<void>;
  /** How many unfinished generations there are. */
  leftovers(): Promise<number>;
  end(): Promise<void>;
}

/** What a report is made from, and how many ids were counted. */
export interface Tables {
  readonly events: number;
  readonly cafes: object[];
  readonly minutes: object[];
}

export async function newScene(): Promise<Scene> {
  const [db, topic, deadLetters] = await Promise.all([database(), testTopic(6), testTopic(1)]);
  const publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
  const group = `test-${randomBytes(6).toString('hex')}`;
  const place: Place = { postgresUrl: db.url, topic: topic.name, deadLetters: deadLetters.name, group };
  const running = new Set<StartedAnalytics>();
  const start = async (): Promise<StartedAnalytics> => {
    const started = await startedAnalytics(place);
    running.add(started);
    return started;
  };
  const stop = async (started: StartedAnalytics): Promise<void> => {
    running.delete(started);
    await started.stop();
  };
  const tables = () => tablesOf(db);
  const untilCounted = (events: number): Promise<void> =>
    eventually(async () => expect((await tables()).events).toBe(events), WAIT_MS_MAX);
  return {
    db,
    topic,
    deadLetters,
    group,
    publisher,
    start,
    stop,
    tables,
    untilCounted,
    rebuilding: (world = {}) =>
      rebuild(
        {
          POSTGRES_URL: db.url,
          POSTGRES_OWNER_URL: db.ownerUrl,
          KAFKA_BROKERS: testBrokers(),
          ORDERS_TOPIC: topic.name,
          CONSUMER_GROUP: group,
          LOG_LEVEL: 'silent',
        },
        { signal: new AbortController().signal, log: quietLogger, say: () => undefined, ...world },
      ),
    counted: async (messages, events = messages.length) => {
      await publisher.publish(messages);
      const started = await start();
      await untilCounted(events);
      await stop(started);
    },
    leftovers: async () => (await db.ask("SELECT 1 FROM pg_namespace WHERE nspname = 'rebuilt'")).length,
    end: async () => {
      await Promise.all([...running].map(stop));
      await publisher.close();
      await db.drop();
    },
  };
}

async function tablesOf(db: TestDatabase): Promise<Tables> {
  const cafes = await db.ask('SELECT cafe_id, orders, revenue_cents, newest_placed_at FROM cafe_totals ORDER BY 1');
  const minutes = await db.ask('SELECT * FROM cafe_minutes ORDER BY 1, 2');
  const [row] = await db.ask<{ events: string }>('SELECT count(*) AS events FROM inbox');
  return { events: Number(row?.events), cafes, minutes };
}

export const ordersOf = (topic: string, count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) =>
    orderMessage(topic, {
      totalCents: 100 + (index % 37),
      cafeId: index % 2 ? 'harbour' : 'station',
      placedAtMs: NOON + index * 1_000,
    }),
  );
