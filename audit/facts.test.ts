import { describe, expect, it } from '@jest/globals';
import { commitOrderResponse, orderPlaced } from '@seams/contracts';
import { differenceOf, type OrderFact, placeOf, readFacts } from './facts.ts';
import { linesText, type OrderPlaced, sha256 } from './protos.ts';
import type { Snapshot } from './snapshot.ts';

const ORDER: OrderFact = {
  ...{ orderId: 'o-1', customerId: 'ada', key: 'k', cafeId: 'harbour', totalCents: '600', currency: 'EUR' },
  ...{
    placedAtMs: '1000',
    storedAtMs: 1_000,
    version: 1,
    status: 'placed',
    clientNonce: 'n',
    lines: '2 × tea at 300',
    voided: false,
  },
};
const SAID: OrderPlaced = {
  ...{ eventId: 'e-1', orderId: 'o-1', customerId: 'ada', cafeId: 'harbour', totalCents: '600', currency: 'EUR' },
  ...{ placedAtMs: '1000', orderVersion: 1, lines: [{ itemId: 'tea', quantity: 2, unitPriceCents: '300' }] },
};

describe('two descriptions of an order', () => {
  it('agree', () => {
    expect(differenceOf(ORDER, SAID)).toBeUndefined();
  });

  it.each([
    ['orderId', { orderId: 'o-2' }, 'orderId is o-2, the order has o-1'],
    ['customerId', { customerId: 'ben' }, 'customerId is ben, the order has ada'],
    ['cafeId', { cafeId: 'station' }, 'cafeId is station, the order has harbour'],
    ['totalCents', { totalCents: '601' }, 'totalCents is 601, the order has 600'],
    ['currency', { currency: 'USD' }, 'currency is USD, the order has EUR'],
    ['placedAtMs', { placedAtMs: '1001' }, 'placedAtMs is 1001, the order has 1000'],
    ['lines', { lines: [] }, 'lines are , the order has 2 × tea at 300'],
  ])('that differ in %s', (_, changes, difference) => {
    expect(differenceOf(ORDER, { ...SAID, ...changes })).toBe(difference);
  });
});

/** A snapshot whose tables hold these rows. */
function snapshotOf(rows: { orders?: object[]; outbox?: object[]; idempotency_records?: object[] }): Snapshot {
  return {
    each: async (sql: string, visit: (row: never) => void) => {
      const table = /\n? *FROM (orders|outbox|idempotency_records)\b/.exec(sql)?.[1] as keyof typeof rows;
      for (const row of rows[table] ?? []) visit(row as never);
    },
  } as unknown as Snapshot;
}

describe('the facts', () => {
  it('find an order by its id and by its key', async () => {
    const other = { ...ORDER, orderId: 'o-2', customerId: 'ben' };
    const { orders, orderByKey } = await readFacts(snapshotOf({ orders: [ORDER, other] }));
    expect([...orders.values()]).toEqual([ORDER, other]);
    expect(orderByKey.get(placeOf('ada', 'k'))).toEqual(ORDER);
    expect(orderByKey.get(placeOf('ben', 'k'))).toEqual(other);
  });

  it('find the first of several under a key, whichever is read first', async () => {
    const later = { ...ORDER, orderId: 'o-2' };
    for (const orders of [
      [ORDER, later],
      [later, ORDER],
    ]) {
      const { orderByKey } = await readFacts(snapshotOf({ orders }));
      expect(orderByKey.get('ada k')).toEqual(ORDER);
    }
  });

  it('find the last of several under a key that came again a day later, and the first of those', async () => {
    const day = 24 * 3_600_000;
    // An id is made by another clock: it may be lower than the first one's.
    const [again, doubled] = [
      { ...ORDER, orderId: 'o-0', storedAtMs: 1_000 + day },
      { ...ORDER, orderId: 'o-3', storedAtMs: 1_001 + day },
    ];
    for (const orders of [
      [ORDER, again, doubled],
      [doubled, again, ORDER],
    ]) {
      const { orderByKey } = await readFacts(snapshotOf({ orders }));
      expect(orderByKey.get('ada k')).toEqual(again);
    }
    const later = { ...ORDER, orderId: 'o-9', storedAtMs: 1_000 + day };
    expect((await readFacts(snapshotOf({ orders: [ORDER, later] }))).orderByKey.get('ada k')).toEqual(later);
  });

  it('find by its key no order that a correction called void', async () => {
    const [voided, standing] = [
      { ...ORDER, voided: true },
      { ...ORDER, orderId: 'o-2' },
    ];
    const { orders, orderByKey } = await readFacts(snapshotOf({ orders: [voided, standing] }));
    expect(orders.size).toBe(2);
    expect(orderByKey.get('ada k')).toEqual(standing);
  });

  const MESSAGE = { ...SAID, totalCents: 600, placedAtMs: 1_000, lines: [] };
  it('hold an event with what it says and the hash of its bytes', async () => {
    const row = { eventId: 'e-1', orderId: 'o-1', topic: 't', published: true, ageMs: 5 };
    const broken = { ...row, eventId: 'e-2', payload: Buffer.from('no protobuf') };
    const outbox = [{ ...row, payload: orderPlaced.encode(MESSAGE) }, broken];
    const { events } = await readFacts(snapshotOf({ outbox }));
    expect(events.get('e-1')).toEqual({ ...row, contentSha256: expect.any(String), says: { ...SAID, lines: [] } });
    expect(events.get('e-2')).toEqual({
      ...{ ...row, eventId: 'e-2', says: undefined },
      contentSha256: sha256(broken.payload),
    });
  });

  it('hold an answer with the order that it tells, or none when it can’t be read', async () => {
    const order = {
      ...{ orderId: 'o-1', customerId: 'ada', cafeId: 'harbour', status: 'ORDER_STATUS_PLACED' as const },
      ...{ lines: [], totalCents: 600, currency: 'EUR', placedAtMs: 1_000, version: 1, clientNonce: 'n' },
    };
    const records = [
      commitOrderResponse.encode({ order, replayed: false }),
      commitOrderResponse.encode({ order: null, replayed: false }),
      Buffer.from('no protobuf'),
    ].map((answer) => ({ customerId: 'ada', key: 'k', answer }));
    const { answers } = await readFacts(snapshotOf({ idempotency_records: records }));
    expect(answers).toEqual([
      { customerId: 'ada', key: 'k', says: expect.objectContaining({ orderId: 'o-1', totalCents: '600', version: 1 }) },
      { customerId: 'ada', key: 'k', says: undefined },
      { customerId: 'ada', key: 'k', says: undefined },
    ]);
  });
});

describe('the text of lines', () => {
  it('is the one that the query of orders makes', () => {
    const mug = { itemId: 'mug', quantity: 1, unitPriceCents: '40' };
    expect(linesText([...SAID.lines, mug])).toBe('2 × tea at 300, 1 × mug at 40');
  });
});
