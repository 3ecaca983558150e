import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, labOf } from '@seams/call';
import {
  type CommitOrderRequest,
  commitOrderResponse,
  type Order,
  orderPlaced,
  type RequestKey,
} from '@seams/contracts';
import { endingOf } from '@seams/testkit';
import type { FirstAnswer } from '../idempotency/record-store.ts';
import { type AskedOrder, commitOrderWith, type Ports, type Settled } from './commit-order.ts';

const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
const KEY: RequestKey = { customerId: 'ada', route: 'POST /v1/orders', key: 'k', fingerprint: Buffer.alloc(32) };
const ORDER: Order = {
  orderId: 'o-1',
  customerId: 'ada',
  cafeId: 'harbour',
  status: 'ORDER_STATUS_PLACED',
  lines: [{ itemId: 'tea', name: 'Tea', quantity: 2, unitPriceCents: 300 }],
  totalCents: 600,
  currency: 'EUR',
  placedAtMs: 1_000,
  version: 1,
  clientNonce: 'n',
};
const REFUSED = { kind: 'rejected', reason: 'item_unknown', message: 'The café does not offer one of the items.' };

const request = (changes: Partial<CommitOrderRequest> = {}): CommitOrderRequest => ({
  key: KEY,
  placed: ORDER,
  refused: null,
  decision: 'placed',
  ...changes,
});
const refusedWith = (kind: string): CommitOrderRequest =>
  request({ placed: null, refused: { ...REFUSED, kind }, decision: 'refused' });

/** A store that settles what it is asked for, unless something stands under the key. */
function world(earlier?: FirstAnswer): Ports & { asked: AskedOrder[] } {
  const asked: AskedOrder[] = [];
  return {
    asked,
    newId: () => 'e-1',
    traceparent: () => '00-trace',
    settle: async (_ctx, order): Promise<Settled> => {
      asked.push(order);
      if (earlier) return { ...earlier, replayed: true };
      if (order.kind === 'refused') return { outcome: 'refused', failure: order.failure, replayed: false };
      return { outcome: 'done', answer: order.answer, replayed: false };
    },
    readAnswer: async () => earlier,
  };
}

const FIRST: Order = { ...ORDER, orderId: 'o-0' };
const DONE: FirstAnswer = { outcome: 'done', answer: commitOrderResponse.encode({ order: FIRST, replayed: false }) };
const STOOD: FirstAnswer = { outcome: 'refused', failure: new Failure('rejected', 'stock_exhausted') };

describe('an order that was accepted', () => {
  it('is settled with its answer and its event', async () => {
    const store = world();
    expect(await commitOrderWith(store)(ctx, request())).toMatchObject({ order: ORDER, replayed: false });
    const [asked] = store.asked;
    if (asked?.kind !== 'placed') throw new Error('not settled');
    expect(asked).toMatchObject({ key: KEY, order: ORDER });
    expect(commitOrderResponse.decode(asked.answer)).toMatchObject({ order: ORDER, replayed: false });
    expect(asked.event).toEqual({
      eventId: 'e-1',
      eventType: 'seams.events.v1.OrderPlaced',
      topic: 'seams.orders.v1',
      payload: expect.any(Buffer),
      traceparent: '00-trace',
      headers: {},
    });
    const { orderId, customerId, cafeId, totalCents, currency, placedAtMs } = ORDER;
    expect(orderPlaced.decode(asked.event.payload)).toEqual({
      ...{ eventId: 'e-1', orderId, customerId, cafeId, totalCents, currency, placedAtMs, orderVersion: 1 },
      lines: [{ itemId: 'tea', quantity: 2, unitPriceCents: 300 }],
    });
  });

  it('hands on to its event what a lab wants of it', async () => {
    const store = world();
    await commitOrderWith(store)({ ...ctx, ...labOf({ 'seams-without': 'dedupe' }) }, request());
    expect(store.asked).toMatchObject([{ event: { headers: { 'seams-without': 'dedupe' } } }]);
  });

  it('is answered by what stands under its key, and marked as replayed', async () => {
    expect(await commitOrderWith(world(DONE))(ctx, request())).toMatchObject({ order: FIRST, replayed: true });
  });

  it('is refused when a refusal stands under its key', async () => {
    expect(await endingOf(commitOrderWith(world(STOOD))(ctx, request()))).toBe('rejected/stock_exhausted');
  });

  it.each([
    ['without a key', { key: null }, 'invalid/key_missing'],
    ['without a decision', { placed: null }, 'invalid/decision_missing'],
    ['for another customer', { placed: { ...ORDER, customerId: 'ben' } }, 'invalid/decision_missing'],
  ])('%s places nothing', async (_, changes, ending) => {
    const store = world();
    expect(await endingOf(commitOrderWith(store)(ctx, request(changes)))).toBe(ending);
    expect(store.asked.filter(({ kind }) => kind === 'placed')).toEqual([]);
  });
});

describe('an order that was refused', () => {
  it('is recorded under its key, with the reason and the words', async () => {
    const store = world();
    await expect(commitOrderWith(store)(ctx, refusedWith('rejected'))).rejects.toMatchObject(REFUSED);
    expect(store.asked).toMatchObject([{ key: KEY, kind: 'refused', failure: REFUSED }]);
  });

  it('gets the order that was placed under its key before', async () => {
    expect(await commitOrderWith(world(DONE))(ctx, refusedWith('rejected'))).toMatchObject({ order: FIRST });
  });
});

describe.each([
  ['not done', 'unavailable', 'unavailable/item_unknown'],
  ['of a kind that this version does not know', 'tea_break', 'bug/item_unknown'],
])('a failure that is %s', (_, kind, ending) => {
  it('is not recorded: it is no answer for good', async () => {
    const store = world();
    expect(await endingOf(commitOrderWith(store)(ctx, refusedWith(kind)))).toBe(ending);
    expect(store.asked).toEqual([]);
  });

  it('gives way to the answer that the key got before', async () => {
    const replayed = await commitOrderWith(world(DONE))(ctx, refusedWith(kind));
    expect(replayed).toMatchObject({ order: FIRST, replayed: true });
    expect(await endingOf(commitOrderWith(world(STOOD))(ctx, refusedWith(kind)))).toBe('rejected/stock_exhausted');
  });
});
