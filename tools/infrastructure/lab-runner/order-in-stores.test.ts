import { describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { orderInStores, type Stores } from './order-in-stores.ts';

const ROWS = { order: 'status placed, version 1', stock: 'espresso -1, 9 left', ledger: 'sum 0', event: 'e-1' };
const EVENT = { orderId: 'o-1', eventId: 'e-1', traceId: 't-1', published: true, writtenAtMs: 0 };
const RECORD = { eventId: 'e-1', eventType: 'OrderPlaced', key: 'o-1', bytes: 165, traceId: 't-1' };
const PLACE = { partition: 2, offset: '30' };

const looking = (more: Partial<Stores> = {}) =>
  orderInStores({
    topic: 'orders',
    rows: async () => ROWS,
    outbox: async () => EVENT,
    countedAt: async () => '2026-11-21T10:00:00.000Z',
    place: async () => PLACE,
    record: async () => RECORD,
    ...more,
  });

describe('an order in every store', () => {
  it('has its rows, its record and when it was counted', async () => {
    expect(await looking()('o-1')).toEqual({
      orderId: 'o-1',
      postgres: ROWS,
      kafka: { topic: 'orders', ...PLACE, key: 'o-1', bytes: 165 },
      kafkaSays: 'It is there.',
      analytics: { countedAt: '2026-11-21T10:00:00.000Z' },
    });
  });

  it('is unknown where there is no row of it', async () => {
    expect(await looking({ rows: async () => ({ ...ROWS, order: 'nothing' }) })('o-2')).toBeUndefined();
  });

  it.each<[string, Partial<Stores>, string]>([
    ['has no event', { outbox: async () => undefined }, 'There is no event of it.'],
    ['is not published', { outbox: async () => ({ ...EVENT, published: false }) }, 'The event waits in the outbox.'],
    ['is not in the log', { place: async () => undefined }, 'It was published; the log does not hold it.'],
    ['meets a frozen Kafka', { record: () => new Promise(() => undefined) }, 'It is published, and is being read.'],
    ['meets no Kafka', { record: async () => Promise.reject(new Error('gone')) }, 'It cannot be read: gone'],
  ])('says so when it %s', async (_, more, says) => {
    const found = await looking({ ...more, countedAt: async () => undefined })('o-1');
    expect(found).toMatchObject({ postgres: ROWS, kafka: null, analytics: null });
    expect(found?.kafkaSays).toContain(says);
  });

  it('reads a record once, also when the first who asked waited no longer, and again when it was not there', async () => {
    let answers = ['late', 'gone', 'there'];
    let reads = 0;
    const late = Promise.withResolvers<typeof RECORD>();
    const record = async (): Promise<typeof RECORD> => {
      reads += 1;
      const [how, ...rest] = answers;
      answers = rest;
      if (how === 'late') return late.promise;
      if (how === 'gone') throw new Error('gone');
      return RECORD;
    };
    const look = looking({ record });
    expect((await look('o-1'))?.kafka).toBeNull();
    expect((await look('o-1'))?.kafka).toBeNull();
    expect(reads).toBe(1);
    late.reject(new Error('lost'));
    await eventually(async () => expect((await look('o-1'))?.kafka).toMatchObject(PLACE), 2_000);
    await look('o-1');
    expect(reads).toBe(3);
  });
});
