import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublisher, type Publisher } from '@seams/messaging';
import { endingOf, eventually, quietLogger, ready, type TestDatabase, testBrokers, testTopic } from '@seams/testkit';
import {
  DAY_MS,
  database,
  NOON,
  OPERATOR,
  orderMessage,
  reportOf,
  type StartedAnalytics,
  startedAnalytics,
} from './started-analytics.ts';

let db: TestDatabase;
let publisher: Publisher;
let started: StartedAnalytics;

const MINUTE_MS = 60_000;
const STAFF = { subject: 's', roles: ['staff'], cafeIds: ['harbour'] };

beforeAll(async () => {
  db = await database();
  publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
  const [topic, deadLetters] = await Promise.all([testTopic(6), testTopic(1)]);
  started = await startedAnalytics({
    postgresUrl: db.url,
    topic: topic.name,
    deadLetters: deadLetters.name,
    group: topic.name,
  });
  await ready(started);
  const at = (placedAtMs: number, totalCents: number) => orderMessage(topic.name, { placedAtMs, totalCents });
  await publisher.publish([
    at(NOON + 2 * MINUTE_MS, 100), // out of order: what counts is the order's own time
    at(NOON - DAY_MS, 1_000),
    at(NOON, 10),
    at(NOON + MINUTE_MS - 1, 20),
    at(NOON + MINUTE_MS, 30),
    orderMessage(topic.name, { cafeId: 'station', totalCents: 7, placedAtMs: NOON }),
  ]);
  await eventually(async () => expect((await reportOf(started, 'harbour')).ordersTotal).toBe(5));
}, 60_000);

afterAll(async () => {
  await started?.stop();
  await publisher?.close();
  await db?.drop();
});

describe('the report of a café', () => {
  it('has its minutes in order, its whole history, and the time of its newest order', async () => {
    expect(await reportOf(started, 'harbour', { principal: STAFF })).toEqual({
      cafeId: 'harbour',
      minutes: [
        { minuteMs: NOON, orders: 2, revenueCents: 30 },
        { minuteMs: NOON + MINUTE_MS, orders: 1, revenueCents: 30 },
        { minuteMs: NOON + 2 * MINUTE_MS, orders: 1, revenueCents: 100 },
      ],
      ordersTotal: 5,
      revenueTotalCents: 1_160,
      asOfMs: NOON + 2 * MINUTE_MS,
    });
  });

  it.each([
    ['a minute', NOON, NOON + MINUTE_MS, [NOON]],
    ['a minute and a millisecond', NOON, NOON + MINUTE_MS + 1, [NOON, NOON + MINUTE_MS]],
    ['from within a minute on', NOON + 1, NOON + MINUTE_MS + 1, [NOON + MINUTE_MS]],
    ['nothing', NOON, NOON, []],
    ['a day without orders', NOON + DAY_MS, NOON + 2 * DAY_MS, []],
  ])('shows the minutes that begin in its range: %s', async (_, fromMs, toMs, minutes) => {
    const report = await reportOf(started, 'harbour', { fromMs, toMs });
    expect(report.minutes.map(({ minuteMs }) => minuteMs)).toEqual(minutes);
    expect(report.ordersTotal).toBe(5);
  });

  it('of a café without orders is empty, and so is that of a café that there is not', async () => {
    expect(await reportOf(started, 'tower')).toEqual({
      cafeId: 'tower',
      minutes: [],
      ordersTotal: 0,
      revenueTotalCents: 0,
      asOfMs: 0,
    });
  });

  it.each([
    ['its staff', 'harbour', { principal: STAFF }, 'ok'],
    ['staff of another café', 'station', { principal: STAFF }, 'forbidden/not_your_cafe'],
    ['an operator', 'station', { principal: OPERATOR }, 'ok'],
    ['a customer', 'harbour', { principal: { ...STAFF, roles: ['customer'] } }, 'forbidden/not_your_cafe'],
    ['an operator who asks for too much', 'harbour', { toMs: NOON + DAY_MS + 1 }, 'invalid/range_too_wide'],
    ['an operator who asks backwards', 'harbour', { toMs: NOON - 1 }, 'invalid/range_backwards'],
    ['an operator who asks before 1970', 'harbour', { fromMs: -1, toMs: 0 }, 'invalid/range_out_of_bounds'],
    ['an operator who asks in SQL', "' OR 1=1 --", {}, 'invalid/cafe_id_malformed'],
  ])('for %s is answered as it should', async (_, cafeId, request, ending) => {
    expect(await endingOf(reportOf(started, cafeId, request))).toBe(ending);
  });

  it('is for nobody when nobody asks', async () => {
    const request = { cafeId: 'harbour', fromMs: NOON, toMs: NOON };
    const { analytics } = started;
    expect(
      await endingOf(
        analytics.GetCafeReport({ deadlineAt: Date.now() + 5_000, signal: new AbortController().signal }, request),
      ),
    ).toBe('anonymous/principal_missing');
  });
});

describe('analytics', () => {
  it('names what it depends on', async () => {
    const { body } = await started.readyz();
    expect(body.dependencies.map(({ name, status }) => `${name} ${status}`)).toEqual(['postgres up', 'kafka up']);
  });

  it('without a broker is not ready and says so, answers all the same, and stops', async () => {
    const place = { postgresUrl: db.url, topic: 'none', deadLetters: 'none-either', group: 'none' };
    const alone = await startedAnalytics(place, ['127.0.0.1:1']);
    await eventually(async () => {
      const { status, body } = await alone.readyz();
      expect(status).toBe(503);
      expect(body.dependencies.map(({ name, status }) => `${name} ${status}`)).toEqual(['postgres up', 'kafka down']);
    });
    expect((await reportOf(alone, 'harbour')).ordersTotal).toBe(5);
    await alone.stop();
  });
});
