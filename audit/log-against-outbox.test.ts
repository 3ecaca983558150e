import { describe, expect, it } from '@jest/globals';
import type { EventFact, Facts, OrderFact } from './facts.ts';
import type { LogRecord } from './log.ts';
import { eventsAgainstOrders, logAgainstRows, type Row, unknownTo, versionsAscend } from './outbox-is-complete.ts';
import type { OrderPlaced } from './protos.ts';

const TOPIC = 'seams.orders.v1';
const ORDER = {
  ...{ orderId: 'o-1', customerId: 'ada', cafeId: 'harbour', totalCents: '300', currency: 'EUR', placedAtMs: '1000' },
  lines: '1 × tea at 300',
} as OrderFact;
const SAYS: OrderPlaced = {
  ...{ eventId: 'e-1', orderId: 'o-1', customerId: 'ada', cafeId: 'harbour', totalCents: '300', currency: 'EUR' },
  ...{ placedAtMs: '1000', orderVersion: 1, lines: [{ itemId: 'tea', quantity: 1, unitPriceCents: '300' }] },
};

describe('an event of the outbox', () => {
  const ask = (says: OrderPlaced | undefined, orderId = 'o-1') =>
    eventsAgainstOrders({
      orders: new Map([['o-1', ORDER]]),
      events: new Map([['e-1', { eventId: 'e-1', orderId, says } as EventFact]]),
    } as unknown as Facts);

  it('says what its order says', () => {
    expect(ask(SAYS)).toEqual({
      looksAt: 'events of the outbox, which must say what the order says',
      ...{ lookedAt: 1, breachesTotal: 0, breaches: [] },
    });
  });

  it.each([
    ['is no OrderPlaced', undefined],
    ['says: event_id is e-2', { ...SAYS, eventId: 'e-2' }],
    ['says: totalCents is 301, the order has 300', { ...SAYS, totalCents: '301' }],
  ])('that %s is a breach', (what, says) => {
    expect(ask(says)).toMatchObject({ lookedAt: 1, breaches: [{ id: 'o-1', what: `event e-1 ${what}` }] });
  });

  it('of no order is named by check 3', () => {
    expect(ask(undefined, 'o-9')).toMatchObject({ lookedAt: 0, breachesTotal: 0 });
  });
});

const record = (eventId: string, changes: Partial<LogRecord> = {}): LogRecord => ({
  ...{ topic: TOPIC, partition: 2, offset: '7', key: 'o-1', eventId, contentSha256: 'sha', version: 1 },
  ...changes,
});

describe('a record of the log', () => {
  const row: Row = { topic: TOPIC, orderId: 'o-1', contentSha256: 'sha' };
  const ask = (...log: LogRecord[]) => logAgainstRows(log, (eventId) => (eventId === 'e-1' ? row : undefined));
  const AT = `${TOPIC}, partition 2, offset 7`;

  it('is a row of the outbox, and may come twice', () => {
    expect(ask(record('e-1'), record('e-1'))).toEqual({
      looksAt: "records of Kafka's log, each of which must be a row of the outbox with the same bytes",
      ...{ lookedAt: 2, breachesTotal: 0, breaches: [], note: '1 delivered again' },
    });
  });

  it.each([
    ['without a row', record('e-2'), 'e-2', `in Kafka's log at ${AT}, with no row in the outbox`],
    ['without an id', record(''), AT, `in Kafka's log at ${AT}, with no row in the outbox`],
    ['of another order', record('e-1', { key: 'o-2' }), 'e-1', `at ${AT} under key o-2, its row says ${TOPIC}, o-1`],
    [
      'of another topic',
      record('e-1', { topic: 't' }),
      'e-1',
      `at t, partition 2, offset 7 under key o-1, its row says ${TOPIC}, o-1`,
    ],
    ['with other bytes', record('e-1', { contentSha256: 'other' }), 'e-1', `at ${AT} has other bytes than its row`],
  ])('%s is a breach', (_, one, id, what) => {
    expect(ask(one)).toMatchObject({ lookedAt: 1, breaches: [{ id, what }], note: '0 delivered again' });
  });

  it('that the snapshot does not know is looked up once', () => {
    const facts = { events: new Map([['e-1', {}]]) } as unknown as Facts;
    expect(
      unknownTo(
        facts,
        ['e-1', 'e-2', 'e-3', 'e-2'].map((eventId) => record(eventId)),
      ),
    ).toEqual(['e-2', 'e-3']);
  });
});

describe('the versions of an order in the log', () => {
  const ask = (...log: LogRecord[]) => versionsAscend(log);

  it.each<[string, LogRecord[], number]>([
    ['ascend', [record('e-1'), record('e-2', { version: 2 }), record('e-3', { version: 5 })], 1],
    ['are those of each order by itself', [record('e-1', { version: 2 }), record('e-2', { key: 'o-2' })], 2],
    [
      'may come again after a later one, in any partition',
      [record('e-1'), record('e-2', { version: 2 }), record('e-1'), record('e-1', { partition: 0 })],
      1,
    ],
    ['are not those of what is no event', [record('e-1'), record('e-2', { version: undefined, partition: 0 })], 1],
  ])('%s', (_, log, orders) => {
    expect(ask(...log)).toEqual({
      looksAt: "orders in Kafka's log, whose versions must ascend along one partition",
      ...{ lookedAt: orders, breachesTotal: 0, breaches: [] },
    });
  });

  it.each<[string, LogRecord[], string]>([
    ['descend', [record('e-1', { version: 2 }), record('e-2')], 'version 1 comes after 2'],
    ['stand still', [record('e-1'), record('e-2')], 'version 1 comes after 1'],
    [
      'descend from the last one, not from the first',
      [record('e-1'), record('e-2', { version: 3 }), record('e-3', { version: 2 })],
      'version 2 comes after 3',
    ],
    ['change the partition', [record('e-1'), record('e-2', { version: 2, partition: 0 })], 'in partition 2 and in 0'],
  ])('that %s are a breach', (_, log, what) => {
    expect(ask(...log)).toMatchObject({ lookedAt: 1, breaches: [{ id: 'o-1', what }] });
  });
});
