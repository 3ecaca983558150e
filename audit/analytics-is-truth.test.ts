import { describe, expect, it } from '@jest/globals';
import * as eighth from './analytics-is-truth.ts';
import type { EventFact, Facts, OrderFact } from './facts.ts';
import type { Projections, Total } from './projections.ts';
import type { Question } from './question.ts';
import type { Rest } from './rest.ts';

const AT = Date.parse('2026-12-01T10:00:30Z');
const MINUTE = 'harbour 2026-12-01T10:00:00.000Z';

const order = (orderId: string, totalCents = '100') =>
  ({ orderId, cafeId: 'harbour', totalCents, placedAtMs: String(AT) }) as OrderFact;
const event = (orderId: string, published: boolean) =>
  ({ eventId: `e-${orderId}`, orderId, topic: 't', published, contentSha256: 'sha' }) as EventFact;

function facts(...orders: readonly (readonly [orderId: string, published: boolean])[]): Facts {
  return {
    orders: new Map(orders.map(([id]) => [id, order(id)])),
    orderByKey: new Map(),
    events: new Map(orders.map(([id, published]) => [`e-${id}`, event(id, published)])),
    answers: [],
  };
}
const projections = (inbox: readonly string[], total: Total = { orders: 0, cents: 0 }): Projections => ({
  inbox: new Map(inbox.map((id) => [`e-${id}`, 'sha'])),
  totals: new Map([['harbour', total]]),
  minutes: new Map([[MINUTE, total]]),
});
const later = (orderId: string): [string, eighth.LaterEvent] => [
  `e-${orderId}`,
  { topic: 't', orderId, contentSha256: 'sha', order: order(orderId) },
];
const ids = ({ breaches }: Question): string[] => breaches.map(({ id }) => id);

describe('what analytics must have counted', () => {
  it.each([
    // an order      published  in the inbox   counts
    ['in flight', false, false, 0],
    ['published and counted', true, true, 1],
    ['published and not counted', true, false, 1],
    ['counted before it was marked as published', false, true, 1],
  ])('of an order %s', (_, published, counted, orders) => {
    const truth = eighth.truthOf(facts(['o', published]), new Map(), projections(counted ? ['o'] : []));
    expect(truth.totals.get('harbour')?.orders ?? 0).toBe(orders);
    expect(truth.minutes.get(MINUTE)?.orders ?? 0).toBe(orders);
  });

  it.each([
    ['counted since', ['late'], 2],
    ['written since and not counted', [], 1],
  ])('of an order %s', (_, inbox, orders) => {
    const truth = eighth.truthOf(facts(['o', true]), new Map([later('late')]), projections(['o', ...inbox]));
    expect(truth.totals.get('harbour')).toEqual({ orders, cents: orders * 100 });
  });

  it('of an order that both looks know is counted once', () => {
    const truth = eighth.truthOf(facts(['o', true]), new Map([later('o')]), projections(['o']));
    expect(truth.totals.get('harbour')).toEqual({ orders: 1, cents: 100 });
  });
});

describe('without the log of Kafka', () => {
  const [counted, waiting] = [facts(['a', true], ['b', true], ['c', false]), projections(['a'])];

  it('the events that analytics has not counted are no breach, and no pass either', () => {
    const uncounted = eighth.uncounted(counted, waiting);
    expect([...uncounted]).toEqual(['e-b']);
    expect(eighth.publishedAreCounted(counted, waiting, 1_000, uncounted).breachesTotal).toBe(0);
    expect(eighth.unknownProgress(uncounted, 'no broker').unanswered).toEqual({ things: 1, why: 'no broker' });
  });

  it('nothing is unknown when all are counted', () => {
    const none = eighth.uncounted(counted, projections(['a', 'b']));
    expect([[...none], eighth.unknownProgress(none, 'no broker').unanswered]).toEqual([[], undefined]);
  });
});

describe('the totals', () => {
  const truth = eighth.truthOf(facts(['a', true], ['b', true]), new Map(), projections(['a', 'b']));

  it.each([
    ['right', { orders: 2, cents: 200 }, []],
    ['an order too many', { orders: 3, cents: 200 }, ['harbour']],
    ['a cent too few', { orders: 2, cents: 199 }, ['harbour']],
  ])('that are %s', (_, total, breaches) => {
    const [cafes, minutes] = eighth.totalsAgainstTruth(truth, projections([], total)) as [Question, Question];
    expect(ids(cafes)).toEqual(breaches);
    expect(ids(minutes)).toEqual(breaches.map(() => MINUTE));
    expect([cafes, minutes].map(({ looksAt, lookedAt }) => [looksAt, lookedAt])).toEqual([
      ["cafés' totals, recomputed from the orders", 1],
      ["cafés' minutes, recomputed from the orders", 1],
    ]);
  });

  it('say what analytics says, and what the orders say', () => {
    const [cafes] = eighth.totalsAgainstTruth(truth, projections([], { orders: 3, cents: 199 })) as [Question];
    const what = 'analytics says 3 orders, 199 cents; the orders say 2 orders, 200 cents';
    expect(cafes.breaches).toEqual([{ id: 'harbour', what }]);
  });

  it('of nothing are those of a café without orders', () => {
    const nobody = eighth.truthOf(facts(), new Map(), projections([]));
    expect(eighth.totalsAgainstTruth(nobody, projections([])).map(ids)).toEqual([[], []]);
  });

  it('of a café that analytics does not know are missing', () => {
    const nothing = { inbox: new Map(), totals: new Map(), minutes: new Map() };
    expect(eighth.totalsAgainstTruth(truth, nothing).map(ids)).toEqual([['harbour'], [MINUTE]]);
  });
});

describe('the inbox', () => {
  it('holds published events with the same bytes, and no others', () => {
    const inbox = {
      ...projections([]),
      inbox: new Map([
        ['e-o', 'sha'],
        ['e-new', 'sha'],
        ['e-x', 'sha'],
        ['e-p', 'other'],
      ]),
    };
    const known = facts(['o', true], ['p', true]);
    const question = eighth.inboxAgainstEvents(known, new Map([later('new')]), inbox);
    expect(question).toMatchObject({
      looksAt: 'events in the inbox of analytics, which must be the published ones',
      lookedAt: 4,
      breaches: [
        { id: 'e-x', what: 'counted by analytics, with no row in the outbox' },
        { id: 'e-p', what: 'counted by analytics with other bytes than its row' },
      ],
    });
  });

  it('lacks no published event; what is in flight is left out', () => {
    const known = facts(['flies', false], ['counted', true], ['missing', true]);
    const question = eighth.publishedAreCounted(known, projections(['counted']), 10_000);
    expect(question).toMatchObject({
      ...{ looksAt: 'published events, which analytics must have counted', lookedAt: 2, note: '1 in flight' },
      breaches: [{ id: 'e-missing', what: 'published, and not counted by analytics after 10 s (order missing)' }],
    });
  });
});

describe('a report over REST', () => {
  const report = (orders: number, cents: number): eighth.Report => ({
    cafeId: 'harbour',
    ordersTotal: orders,
    revenueTotalCents: cents,
    minutes: [{ minute: '2026-12-01T10:00:00.000Z', orders, revenueCents: cents }],
  });
  const table = (orders: number, cents: number): Projections => projections([], { orders, cents });

  it.each([
    ['as the tables were before', report(2, 200), []],
    ['as the tables were after', report(4, 400), []],
    ['between the two', report(3, 300), []],
    ['below both in orders', report(1, 300), ['harbour', MINUTE]],
    ['above both in cents', report(3, 401), ['harbour', MINUTE]],
    ['not answered', '503', ['harbour']],
  ])('%s', (_, said, breaches) => {
    const question = eighth.reportsAgainstTables(new Map([['harbour', said]]), table(2, 200), table(4, 400));
    expect(ids(question)).toEqual(breaches);
  });

  it('is told with what it says and what the tables said, figure by figure', () => {
    const reports = new Map([['harbour', report(1, 200)]]);
    const what =
      'the report says 1 orders, 200 cents; the tables said 2 orders, 200 cents before and 4 orders, 400 cents after';
    expect(eighth.reportsAgainstTables(reports, table(2, 200), table(4, 400))).toMatchObject({
      looksAt: "figures of the cafés' reports over REST, which must be those of the tables",
      note: 'of the last day of each café: a report holds no more',
      lookedAt: 2,
      breaches: [
        { id: 'harbour', what },
        { id: MINUTE, what },
      ],
    });
  });
});

describe('reading the reports', () => {
  const answered = { cafeId: 'harbour', ordersTotal: 1, revenueTotalCents: 100, minutes: [] };
  const reply = { status: 200, text: JSON.stringify(answered) };
  function rest(changes: Partial<typeof reply> = {}): Rest & { asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      get: async (path) => {
        asked.push(path);
        return { ...reply, ...changes };
      },
    };
  }

  it('asks for the day that ends with the newest minute of each café', async () => {
    const total = { orders: 1, cents: 100 };
    const known: Projections = {
      inbox: new Map(),
      totals: new Map([
        ['harbour', total],
        ['station', total],
      ]),
      minutes: new Map([
        ['harbour 2026-12-01T10:00:00.000Z', total],
        ['harbour 2026-12-01T10:02:00.000Z', total],
        ['harbour 2026-12-01T10:01:00.000Z', total],
        ['harbour-2 2026-12-01T11:00:00.000Z', total],
        ['station 2026-12-01T09:00:00.000Z', total],
      ]),
    };
    const asked = rest();
    expect(await eighth.readReports(known, asked)).toEqual(
      new Map([
        ['harbour', answered],
        ['station', answered],
      ]),
    );
    expect(asked.asked).toEqual([
      '/v1/analytics/cafes/harbour?from=2026-11-30T10:03:00.000Z&to=2026-12-01T10:03:00.000Z',
      '/v1/analytics/cafes/station?from=2026-11-30T09:01:00.000Z&to=2026-12-01T09:01:00.000Z',
    ]);
  });

  it('of a café without a minute asks for the first day there was', async () => {
    const asked = rest();
    await eighth.readReports({ ...projections([]), minutes: new Map() }, asked);
    expect(asked.asked).toEqual([
      '/v1/analytics/cafes/harbour?from=1969-12-31T00:01:00.000Z&to=1970-01-01T00:01:00.000Z',
    ]);
  });

  it('that are answered by another status gives it instead', async () => {
    expect(await eighth.readReports(projections([]), rest({ status: 404 }))).toEqual(new Map([['harbour', '404']]));
  });

  it('fails for a reason of our own, which is no silence of the gateway', async () => {
    const broken: Rest = { get: () => Promise.reject(new TypeError('of our own')) };
    await expect(eighth.readReports(projections([]), broken)).rejects.toThrow('of our own');
  });
});
