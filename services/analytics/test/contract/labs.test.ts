import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openPublisher, type Publisher } from '@seams/messaging';
import { eventually, quietLogger, type TestDatabase, testBrokers, testTopic } from '@seams/testkit';
import { database, orderMessage, type Place, startedAnalytics } from './started-analytics.ts';

const TEST_MS_MAX = 60_000;
let db: TestDatabase;
let publisher: Publisher;
let place: Place;

beforeAll(async () => {
  db = await database();
  publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
});
afterAll(async () => {
  await publisher?.close();
  await db?.drop();
});
beforeEach(async () => {
  await db.ask('TRUNCATE inbox, cafe_minutes, cafe_totals, naive_counts, corrections');
  const [topic, deadLetters] = await Promise.all([testTopic(1), testTopic(1)]);
  const group = `test-${randomBytes(6).toString('hex')}`;
  place = { postgresUrl: db.url, topic: topic.name, deadLetters: deadLetters.name, group };
}, TEST_MS_MAX);

/** One order with these headers and a plain one behind it in the same partition; orders counted of the first café. */
async function countedWith(headers: Record<string, string>, labs: 'on' | 'off' = 'on'): Promise<number> {
  const one = orderMessage(place.topic);
  const started = await startedAnalytics({ ...place, labs });
  try {
    await publisher.publish([
      { ...one, headers: { ...one.headers, ...headers } },
      orderMessage(place.topic, { cafeId: 'station' }),
    ]);
    const [total] = await eventually(async () => {
      const totals = await db.ask<{ orders: string }>('SELECT orders FROM cafe_totals ORDER BY cafe_id');
      expect(totals).toHaveLength(2);
      return totals;
    }, 30_000);
    const [inbox] = await db.ask<{ events: string }>('SELECT count(*) AS events FROM inbox');
    expect(Number(inbox?.events)).toBe(2);
    return Number(total?.orders);
  } finally {
    await started.stop();
  }
}

const DUPLICATE = { 'seams-fault': 'analytics.OrderPlaced=duplicate' };
const WITHOUT = { 'seams-without': 'dedupe' };

describe('an event that a lab has handled twice', () => {
  it.each([
    ['duplicate', DUPLICATE, 1],
    ['its reply dropped', { 'seams-fault': 'analytics.OrderPlaced=drop-reply' }, 1],
    ['its delivery dropped, for ever as it says', { 'seams-fault': 'analytics.OrderPlaced=drop-request*9999' }, 1],
    ['nothing but dedupe left out', WITHOUT, 1],
    ['duplicate, without dedupe', { ...DUPLICATE, ...WITHOUT }, 2],
    ['its reply dropped, without dedupe', { 'seams-fault': 'analytics.OrderPlaced=drop-reply', ...WITHOUT }, 2],
  ])(
    '%s: is counted as often as it should be',
    async (_, headers, orders) => {
      expect(await countedWith(headers as Record<string, string>)).toBe(orders);
    },
    TEST_MS_MAX,
  );

  it(
    'is taken off the totals by a correction, once, and nothing else is',
    async () => {
      await countedWith({ ...DUPLICATE, ...WITHOUT });
      const correct = () =>
        db.ask('SELECT kind, subject, orders::int FROM correct_naive_counts($1, gen_random_uuid())', ['a-lab']);
      const corrected = (await Promise.all([correct(), correct()])).flat();
      expect(corrected).toEqual([{ kind: 'doubled_count', subject: 'harbour', orders: 1 }]);
      expect(await correct()).toEqual([]);
      for (const table of ['cafe_totals', 'cafe_minutes'])
        expect(await db.ask(`SELECT orders::int FROM ${table}`)).toEqual([{ orders: 1 }, { orders: 1 }]);
    },
    TEST_MS_MAX,
  );

  it(
    'is left alone where labs are off',
    async () => {
      expect(await countedWith({ ...DUPLICATE, ...WITHOUT }, 'off')).toBe(1);
    },
    TEST_MS_MAX,
  );
});
