import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { type Order, type RequestKey, refusal } from '@seams/contracts';
import type { AskedOrder, Settled } from './commit-order.ts';
import { commitOrders, type Run, type Waiting } from './commit-orders-store.ts';

const line = (itemId: string, quantity: number) => ({ itemId, name: `a ${itemId}`, quantity, unitPriceCents: 300 });
const key = (name: string): RequestKey => ({
  customerId: 'ada',
  route: 'POST /v1/orders',
  key: name,
  fingerprint: Buffer.from([0x0f]),
});

const placed = (name: string, ...lines: Order['lines']): AskedOrder => ({
  key: key(name),
  kind: 'placed',
  order: {
    orderId: `o-${name}`,
    customerId: 'ada',
    cafeId: 'harbour',
    status: 'ORDER_STATUS_PLACED',
    lines,
    totalCents: 600,
    currency: 'EUR',
    placedAtMs: 1_000,
    version: 1,
    clientNonce: 'n',
  },
  answer: Buffer.from([0xaa]),
  event: {
    eventId: `e-${name}`,
    eventType: 'OrderPlaced',
    topic: 't',
    payload: Buffer.from([0xee]),
    traceparent: '00-trace',
    headers: { lab: 'yes' },
  },
});
const REFUSAL = new Failure('rejected', 'item_unknown', 'There is no such item.');
const refused = (name: string): AskedOrder => ({ key: key(name), kind: 'refused', failure: REFUSAL });
const waiting = (...asked: AskedOrder[]): Waiting[] => asked.map((one) => ({ asked: one, waitMs: 99.9 }));

/** Postgres as far as it is asked: gives these outcomes, and what it was asked for. */
function postgres(...outcomes: object[]): { run: Run; sent: { rows: object[]; refusals: Buffer[]; lockMs: unknown } } {
  const sent = { rows: [] as object[], refusals: [] as Buffer[], lockMs: undefined as unknown };
  const run = async (sql: { name: string }, [rows, refusals, lockMs]: readonly unknown[]) => {
    if (sql.name !== 'commit_orders') throw new Error(`no such statement: ${sql.name}`);
    Object.assign(sent, { rows: JSON.parse(String(rows)), refusals, lockMs });
    return { rows: outcomes, rowCount: outcomes.length };
  };
  return { run: run as unknown as Run, sent };
}
const KEY_COLUMNS = { wait_ms: 99, customer_id: 'ada', route: 'POST /v1/orders', fingerprint: '\\x0f' };

describe('what is asked of Postgres', () => {
  it('is each order with its lines in the order of their locks, and with what it may be refused for', async () => {
    const { run, sent } = postgres();
    await commitOrders(run, waiting(placed('k', line('tea', 2), line('cake', 1)), placed('l', line('tea', 1))), 50);
    expect(sent.lockMs).toBe(50);
    const order = {
      ...{ ...KEY_COLUMNS, at: 1, key: 'k', outcome: 'done', answer: '\\xaa' },
      ...{ order_id: 'o-k', cafe_id: 'harbour', version: 1, total_cents: 600, currency: 'EUR', client_nonce: 'n' },
      ...{ placed_at_ms: 1_000, line: [2, 1], item_id: ['cake', 'tea'], name: ['a cake', 'a tea'] },
      ...{ quantity: [1, 2], unit_price_cents: [300, 300], no_money: 1, no_stock: [2, 3] },
      ...{ event_id: 'e-k', event_type: 'OrderPlaced', topic: 't', payload: '\\xee' },
      ...{ traceparent: '00-trace', headers: { lab: 'yes' } },
    };
    // The same refusal has one place, whoever may get it.
    expect(sent.rows).toEqual([order, expect.objectContaining({ at: 2, key: 'l', no_money: 1, no_stock: [3] })]);
    expect(sent.refusals.map((bytes) => refusal.decode(bytes).message)).toEqual([
      'The wallet holds less than the order costs.',
      'There is not enough a cake left.',
      'There is not enough a tea left.',
    ]);
  });

  it('is a refusal with its bytes and without an order', async () => {
    const { run, sent } = postgres();
    expect(await commitOrders(run, waiting(refused('k')), 0)).toEqual([]);
    const [row] = sent.rows as [{ answer: string }];
    expect(row).toEqual({ ...KEY_COLUMNS, at: 1, key: 'k', outcome: 'refused', answer: expect.any(String) });
    const { kind, reason, message } = REFUSAL;
    expect(refusal.decode(Buffer.from(row.answer.slice(2), 'hex'))).toEqual({ kind, reason, message });
    expect(sent.refusals).toEqual([]);
  });
});

describe('what becomes of an order', () => {
  const settle = async (asked: AskedOrder, outcome: object): Promise<Settled | Failure | undefined> =>
    (await commitOrders(postgres({ at: 1, ...outcome }).run, waiting(asked), 0))[0];
  const tea = placed('k', line('tea', 1));
  const stood = (fingerprint: number, outcome = 'done') => ({
    ...{ fresh: false, outcome, fingerprint: Buffer.from([fingerprint]) },
    answer: outcome === 'done' ? Buffer.from('first') : refusal.encode({ kind: 'rejected', reason: 'r', message: 'm' }),
  });

  it.each<[string, AskedOrder, object, object]>([
    [
      'is done',
      tea,
      { fresh: true, outcome: 'done' },
      { outcome: 'done', answer: Buffer.from([0xaa]), replayed: false },
    ],
    [
      'lacks money',
      tea,
      { fresh: true, outcome: 'refused', refusal: 1 },
      { outcome: 'refused', failure: { reason: 'not_enough_money' }, replayed: false },
    ],
    [
      'lacks stock',
      tea,
      { fresh: true, outcome: 'refused', refusal: 2 },
      { outcome: 'refused', failure: { reason: 'stock_exhausted' }, replayed: false },
    ],
    [
      'was refused before it came here',
      refused('k'),
      { fresh: true, outcome: 'refused', refusal: 0 },
      { outcome: 'refused', failure: REFUSAL, replayed: false },
    ],
    [
      'came too late',
      tea,
      { fresh: true, outcome: 'late' },
      { kind: 'timed_out', reason: 'deadline_passed', message: 'The deadline passed.' },
    ],
    ['was done before', tea, stood(0x0f), { outcome: 'done', answer: Buffer.from('first'), replayed: true }],
    [
      'was refused before',
      tea,
      stood(0x0f, 'refused'),
      { outcome: 'refused', failure: { reason: 'r' }, replayed: true },
    ],
    ['reuses a key', tea, stood(0xf0), { kind: 'mismatch', reason: 'idempotency_key_reused' }],
    [
      'lost its key to the sweeper',
      tea,
      { fresh: false, outcome: null, fingerprint: null, answer: null },
      { kind: 'conflict', reason: 'idempotency_key_expired_meanwhile' },
    ],
  ])('that %s', async (_, asked, outcome, settled) => {
    expect(await settle(asked, outcome)).toMatchObject(settled);
  });

  it('is told to its own caller, whatever the order of the outcomes', async () => {
    const { run } = postgres({ at: 2, fresh: true, outcome: 'late' }, { at: 1, fresh: true, outcome: 'done' });
    const settled = await commitOrders(run, waiting(tea, placed('l', line('tea', 1))), 0);
    expect(settled).toMatchObject([{ outcome: 'done' }, { kind: 'timed_out' }]);
  });
});
